/** Largest error text that may leave an activity. */
export const ERROR_TEXT_BYTES = 8 * 1024;
/** Length of the previews shown in results, lists and the Temporal UI. */
export const PREVIEW_CHARS = 200;
/** Longest JSON that stands beside other things in one line of a terminal. */
export const LINE_JSON_CHARS = 80;
/** Longest name of a person: who asks, who answers. */
export const PERSON_NAME_CHARS = 200;

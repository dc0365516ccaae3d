/** Largest glimpse of a reference as JSON: it stands in prompts and on cards. */
export const REFERENCE_GLIMPSE_BYTES = 4 * 1024;
/** Largest value of a reference, as JSON, that is shown whole to programs; of a larger one the start is shown, and that it was cut. */
export const REFERENCE_SHOWN_BYTES = 16 * 1024 * 1024;
/** How much of a reference's value a terminal shows, and how much of a value that was cut anybody is shown. */
export const REFERENCE_TEXT_BYTES = 64 * 1024;
/** Plans that are named as holding a reference. */
export const REFERENCE_HOLDERS = 50;
/** Kinds that are named to whoever asks for one that there is not. */
export const REFERENCE_KINDS = 20;

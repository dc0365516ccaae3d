export { startFakeMessagesApi } from "./fake-messages-api.ts";
export type { FakeMessagesApi, FakeMessagesApiOptions, FakeRequest, FakeRequestBody } from "./fake-messages-api.ts";
export type { FakeError, FakeHttpError, FakeReasoning, FakeReply, FakeToolCall, FakeUsage } from "./fake-reply.ts";
export type { FakeDeltaSent } from "./fake-reply-sender.ts";

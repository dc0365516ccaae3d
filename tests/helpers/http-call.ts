import { request, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

/** A response that was read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is sent; unlike `fetch`, the headers are exactly these, Host and Origin included. */
export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own. */
export async function httpCall(
  url: string,
  { method = "GET", headers = {}, body }: HttpCall = {},
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const call = request(url, { method, headers, agent: false }, (response) => {
    text(response).then(
      (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
      reject,
    );
  });
  call.on("error", reject);
  call.end(body);
  return promise;
}

import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from "@temporalio/client";
import { thrownText } from "../../lib/thrown-text.ts";

type Interceptor = NonNullable<ConnectionOptions["interceptors"]>[number];
type NextCall = Parameters<Interceptor>[1];
type Call = ReturnType<NextCall>;

/** gRPC's code for a call that its own side gave up; it is not tried again. */
const CANCELLED = 1;

/**
 * The SDK's retries, made safe. The SDK tries again from a timer: there, what a closed channel throws meets nobody and ends the
 * process, and a call that was given up between two tries would be sent once more. Here both fail instead.
 */
export function retryInterceptors(): Interceptor[] {
  const retrying = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());
  return [(...[options, nextCall]) => withRetries(retrying, options, nextCall)];
}

function withRetries(retrying: Interceptor, ...[options, nextCall]: Parameters<Interceptor>): ReturnType<Interceptor> {
  let isGivenUp = false;
  let attempt: Call | undefined;
  const attemptOnce = (attemptOptions: Parameters<NextCall>[0]): Call => {
    attempt = isGivenUp ? failedCall("the call was given up") : callOrClosed(nextCall, attemptOptions);
    return attempt;
  };
  // gRPC asks for its class where it only uses the methods, and gives `nextCall` itself the looser type.
  const call = retrying(options, attemptOnce as typeof nextCall);
  const cancelFirst = call.cancelWithStatus.bind(call);
  // The SDK's interceptor passes a cancel on to the first attempt only, which may be long over.
  return Object.assign(call, {
    cancelWithStatus(...status: Parameters<Call["cancelWithStatus"]>) {
      isGivenUp = true;
      attempt?.cancelWithStatus(...status);
      cancelFirst(...status);
    },
  });
}

function callOrClosed(nextCall: NextCall, options: Parameters<NextCall>[0]): Call {
  try {
    return nextCall(options);
  } catch (error) {
    return failedCall(thrownText(error));
  }
}

/** A call that fails as soon as it starts. */
function failedCall(details: string): Call {
  const ignore = (): void => undefined;
  return {
    start(metadata, listener) {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata });
    },
    sendMessage: ignore,
    sendMessageWithContext: ignore,
    startRead: ignore,
    halfClose: ignore,
    cancelWithStatus: ignore,
    getPeer: () => "closed",
    getAuthContext: () => null,
  };
}

import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from "@temporalio/client";
import { thrownText } from "../../lib/thrown-text.ts";

type Interceptor = NonNullable<ConnectionOptions["interceptors"]>[number];
type NextCall = Parameters<Interceptor>[1];
type Call = ReturnType<NextCall>;

/** gRPC's code for a call that its own side gave up; it is not tried again. */
const CANCELLED = 1;

/**
 * The SDK's retries, made safe for a connection that is closed between two of them: the SDK tries again from a timer, where what a
 * closed channel throws meets nobody and ends the process. Here the call fails instead.
 */
export function retryInterceptors(): Interceptor[] {
  return [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), failWhenClosed];
}

function failWhenClosed(...[options, nextCall]: Parameters<Interceptor>): ReturnType<Interceptor> {
  // gRPC asks for its class where it only uses the methods, and gives `nextCall` itself the looser type.
  return callOrClosed(nextCall, options) as ReturnType<Interceptor>;
}

function callOrClosed(nextCall: NextCall, options: Parameters<NextCall>[0]): Call {
  try {
    return nextCall(options);
  } catch (error) {
    return closedCall(thrownText(error));
  }
}

/** A call that fails as soon as it starts. */
function closedCall(details: string): Call {
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

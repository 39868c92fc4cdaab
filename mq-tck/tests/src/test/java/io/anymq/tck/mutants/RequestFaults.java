package io.anymq.tck.mutants;

import io.anymq.Connection;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What the core could do wrong with requests. */
@SuppressWarnings("FutureReturnValueIgnored") // the caller of the faulty API gets them
final class RequestFaults {

  private RequestFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.of(
            "a request is its own reply",
            on("request", call -> call.argument(1, Message.class)),
            "REQ-01",
            "REQ-03",
            "REQ-07",
            "REQ-08",
            "REQ-13"),
        ApiVariant.of(
            "an asynchronous request is its own reply",
            on(
                "requestAsync",
                call -> CompletableFuture.completedFuture(call.argument(1, Message.class))),
            "REQ-02",
            "REQ-04",
            "REQ-09"),
        ApiVariant.of(
            "a request has no patience",
            on(
                "request",
                call -> {
                  throw new MessagingTimeoutException("No reply yet");
                }),
            "REQ-06"),
        ApiVariant.of(
            "what asks for no reply is replied to",
            Fault.swallows(Connection.class, "reply", Message.text("")),
            "REQ-12"),
        ApiVariant.of(
            "a request's own reply-to is taken for the library's",
            on(
                "request",
                call -> {
                  Message request = call.argument(1, Message.class);
                  return call.with(1, request.toBuilder().replyTo(null).build()).proceed();
                }),
            "REQ-10"),
        ApiVariant.of(
            "a request's own correlation id is overwritten",
            call -> {
              if (!call.is("request") && !call.is("requestAsync")) {
                return call.proceed();
              }
              Message request = call.argument(1, Message.class);
              return call.with(1, request.toBuilder().correlationId(null).build()).proceed();
            },
            "REQ-11"),
        ApiVariant.of(
            "a reply has no correlation id", on("reply", RequestFaults::uncorrelated), "REQ-04"));
  }

  private static Fault on(String method, Fault bad) {
    return Fault.of(Connection.class, method, bad);
  }

  private static Object uncorrelated(Call call) {
    Message request = call.argument(0, Message.class);
    Message answer = call.argument(1, Message.class);
    return call.target(Connection.class)
        .send(
            request.replyTo().orElseThrow(() -> new InvalidMessageException("No reply-to")),
            answer);
  }
}

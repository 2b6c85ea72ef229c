#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

/// Whether a header's list (RFC 9110 §5.6.1) has `word`, in any case.
bool lists(std::string_view list, std::string_view word);

/// What follows the scheme in `Authorization: Bearer …` (RFC 6750 §2.1), as sent; empty when it is of
/// another.
std::string_view bearer_token(std::string_view authorization);

/// One HTTP/1.1 request. Views are valid during the call of the handler only.
struct HttpRequest {
    std::string_view method;  ///< as sent, upper case
    std::string_view target;  ///< as sent: path and query
    std::string_view path;    ///< without query, escapes still in place
    std::string_view query;   ///< without `?`
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    std::string_view peer;  ///< address of the client, or what a trusted proxy says it is
    bool http_1_0 = false;  ///< of a client that takes no chunks (RFC 9112 §6.1)

    /// First value, name compared without case; empty when absent.
    std::string_view header(std::string_view name) const;
    /// First value of a query parameter with its escapes resolved; nothing when absent.
    std::optional<std::string> parameter(std::string_view name) const;
    /// The path cut at `/`, escapes resolved, empty parts (doubled or trailing slash) left out.
    std::vector<std::string> segments() const;
};

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>>
        headers;  ///< Content-Length and Connection are made by the server
    std::string body;
};

/// The bytes of a finished response or a part of a stream, shared by all who get the same.
using SharedBytes = std::shared_ptr<const std::string>;

std::string_view reason_phrase(int status);

/// Status line and headers. Without a length the body ends with the connection.
std::string response_head(const HttpResponse& response, std::optional<std::size_t> content_length,
                          bool keep_alive);

/// A whole response as bytes with Content-Length, for keep-alive connections: made once, sent to many.
SharedBytes response_bytes(const HttpResponse& response);

/// What became of an answer, for those who must know whether to send it again.
class Receipt {
  public:
    virtual ~Receipt() = default;
    /// Whether the client has it, as far as this end can tell: its machine acknowledged every byte, and the
    /// connection has not broken since. On the reactor's thread.
    virtual bool arrived() const = 0;
};

/// One request that waits for its answer; and the stream, once begun. Owned jointly by the handler and the
/// connection. All calls on the reactor's thread that handed it over (use Reactor::post from elsewhere).
/// After the client has gone every call does nothing.
class HttpExchange {
  public:
    virtual ~HttpExchange() = default;

    /// The answer; exactly once, unless a stream is begun.
    virtual void respond(const HttpResponse& response) = 0;
    /// The same from response_bytes().
    virtual void respond(SharedBytes response) = 0;
    /// The same, for which a receipt is kept. Null when the client has gone already.
    virtual std::shared_ptr<const Receipt> respond_for_receipt(SharedBytes response) = 0;

    /// Lets the client's next requests be handled before this one is answered, as far as they are POSTs that
    /// it has sent already; answers keep the order of the requests. Within the handler's call only.
    virtual void go_on() = 0;

    /// Begins an answer without end, such as server-sent events; it is over when the connection closes.
    virtual void begin_stream(const HttpResponse& head) = 0;
    /// Begins another protocol on this connection, as a stream in both directions: `head` is the answer with
    /// status 101, `received` gets what the client sends from now on, cut anywhere, until the stream ends.
    /// Within the handler's call only.
    virtual void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) = 0;
    virtual void write(SharedBytes bytes) = 0;
    /// Closes the stream when all is written.
    virtual void end_stream() = 0;
    /// Bytes written and not yet taken by the kernel: the client's backlog.
    virtual std::size_t backlog() const = 0;
    /// Called once, when the backlog has fallen to nothing. Replaces an earlier one.
    virtual void on_drained(std::function<void()> call) = 0;

    /// Called once when the client goes away before the answer is complete, or at shutdown. Replaces an
    /// earlier one.
    virtual void on_gone(std::function<void()> call) = 0;
    virtual bool gone() const = 0;
    /// Drops the connection without a word.
    virtual void abort() = 0;

    /// A place where a transport keeps what it knows of this connection between two requests (a session-less
    /// long poll remembers its cursor here). 0 on a new connection.
    virtual std::uint64_t& connection_mark() = 0;
};
using Exchange = std::shared_ptr<HttpExchange>;

class Reactor;

/// Answers requests; called on the reactor's thread; may answer later. Must not throw and not block.
using HttpHandler = std::function<void(Reactor&, const HttpRequest&, Exchange)>;

}  // namespace callboard

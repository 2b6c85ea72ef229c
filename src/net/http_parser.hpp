#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

/// Cuts the bytes of a connection into HTTP/1.1 requests (RFC 9112), resuming at any byte. Pure: no I/O.
///
/// Strict where leniency lets two readers disagree about where a request ends: Content-Length beside
/// Transfer-Encoding, differing Content-Lengths, folded headers, bare CR and control characters are refused.
class HttpParser {
  public:
    struct Limits {
        std::size_t head = 16 << 10;  ///< request line and headers, bytes
        std::size_t body = 8 << 20;
        std::size_t headers = 100;
    };
    enum class Progress {
        more,      ///< the request is not complete
        complete,  ///< request() may be read; then call next()
        refused,   ///< answer with status() and close
    };

    explicit HttpParser(Limits limits) : limits_(limits) {}

    /// Takes all of `bytes`. After complete or refused they are kept for later, and the answer stays.
    Progress feed(std::string_view bytes);
    /// Forgets the request that was complete and goes on with what came behind it.
    Progress next();

    /// Views into the parser's buffer, valid until feed() or next().
    struct Request {
        std::string_view method, target;
        std::vector<std::pair<std::string_view, std::string_view>> headers;
        std::string_view body;
        bool keep_alive = true;
        bool http_1_0 = false;
    };
    const Request& request() const { return request_; }
    /// Why it was refused: 400, 413, 414, 431, 501 or 505.
    int status() const { return status_; }
    /// A complete head asks for `100 Continue` and its body has not come (RFC 9110 §10.1.1). True once.
    bool wants_continue();
    /// Where the parser stands, without new bytes.
    Progress current() { return parse(); }
    std::size_t buffered() const { return buffer_.size(); }
    /// Bytes of memory that its buffers hold, used or not.
    std::size_t capacity() const { return buffer_.capacity() + chunks_.capacity(); }
    /// What came behind the request that is complete.
    std::string_view rest() const { return std::string_view(buffer_).substr(consumed_); }
    /// Nothing of a next request has come yet.
    bool idle() const { return buffer_.empty(); }

  private:
    Progress parse();
    Progress parse_head(std::size_t end);
    bool parse_request_line(std::string_view line);
    bool parse_headers(std::string_view text);
    bool read_framing();
    Progress parse_fixed();
    Progress parse_chunks();
    Progress take_chunks();
    Progress take_trailers();
    Progress refuse(int status);
    Progress finish(std::size_t consumed);
    void remake_views();

    Limits limits_;
    std::string buffer_;
    std::string chunks_;  ///< body put together from chunks
    Request request_;
    std::size_t searched_ = 0;  ///< no end of the head before this
    std::size_t head_ = 0;      ///< length of the head once it is complete, 0 before
    std::size_t length_ = 0;    ///< Content-Length
    std::size_t chunk_at_ = 0;  ///< where the next chunk header is
    std::size_t trailer_bytes_ = 0;
    std::size_t consumed_ = 0;  ///< bytes of the complete request
    bool chunked_ = false;
    bool in_trailers_ = false;  ///< the last chunk was read
    bool http_1_0_ = false;
    bool expects_ = false;
    bool views_stale_ = false;  ///< bytes came after the head was read
    int status_ = 0;
};

}  // namespace callboard

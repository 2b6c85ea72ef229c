#include "net/http_parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "net/http.hpp"
#include "net/http_field.hpp"

namespace callboard {
namespace {

/// `Name: value`, not folded (RFC 9112 §5).
bool is_field_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    return colon != std::string_view::npos && is_token(line.substr(0, colon)) && is_field_value(line);
}

template <typename Number>
bool parse_number(std::string_view digits, Number& number, int base) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    return error == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
}

}  // namespace

HttpParser::Progress HttpParser::refuse(int status) {
    status_ = status;
    return Progress::refused;
}

HttpParser::Progress HttpParser::feed(std::string_view bytes) {
    buffer_.append(bytes);
    views_stale_ = views_stale_ || head_ != 0;
    return parse();
}

HttpParser::Progress HttpParser::next() {
    buffer_.erase(0, consumed_);
    searched_ = head_ = length_ = chunk_at_ = trailer_bytes_ = consumed_ = 0;
    chunked_ = in_trailers_ = http_1_0_ = expects_ = views_stale_ = false;
    chunks_.clear();
    request_ = Request{};
    return parse();
}

bool HttpParser::wants_continue() { return std::exchange(expects_, false); }

HttpParser::Progress HttpParser::parse() {
    if (status_ != 0) return Progress::refused;
    if (consumed_ != 0) {
        if (views_stale_) remake_views();
        return Progress::complete;
    }
    if (head_ == 0) {
        // Blank lines between requests are passed over (RFC 9112 §2.2).
        if (searched_ == 0) {
            const std::size_t begin = std::min(buffer_.find_first_not_of("\r\n"), buffer_.size());
            buffer_.erase(0, begin);
        }
        const std::size_t from = searched_ < 3 ? 0 : searched_ - 3;
        const std::size_t end = buffer_.find("\r\n\r\n", from);
        if (end == std::string::npos && buffer_.size() <= limits_.head + 3) {
            searched_ = buffer_.size();
            return Progress::more;
        }
        if (end > limits_.head) return refuse(buffer_.find("\r\n") > limits_.head ? 414 : 431);
        if (const auto progress = parse_head(end); progress == Progress::refused) return progress;
    }
    return chunked_ ? parse_chunks() : parse_fixed();
}

HttpParser::Progress HttpParser::parse_head(std::size_t end) {
    const std::string_view head = std::string_view(buffer_).substr(0, end + 2);
    const std::size_t line_end = head.find("\r\n");
    if (!parse_request_line(head.substr(0, line_end))) return refuse(status_ == 0 ? 400 : status_);
    if (!parse_headers(head.substr(line_end + 2)) || !read_framing())
        return refuse(status_ == 0 ? 400 : status_);
    head_ = end + 4;
    chunk_at_ = head_;
    return Progress::more;
}

bool HttpParser::parse_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) return false;
    request_.method = line.substr(0, first);
    request_.target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    if (!is_token(request_.method) || request_.target.empty()) return false;
    if (!std::all_of(request_.target.begin(), request_.target.end(),
                     [](char c) { return c > 0x20 && c != 0x7F; }))
        return false;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.starts_with("HTTP/")) status_ = 505;
        return false;
    }
    request_.http_1_0 = http_1_0_ = version == "HTTP/1.0";
    // The absolute form (§3.2.2): what stands before the path is ours or a proxy's business.
    if (const std::size_t scheme = request_.target.find("://");
        scheme != std::string_view::npos && request_.target[0] != '/') {
        const std::size_t path = request_.target.find('/', scheme + 3);
        request_.target =
            path == std::string_view::npos ? std::string_view("/") : request_.target.substr(path);
    }
    return request_.target[0] == '/' || request_.target == "*";
}

bool HttpParser::parse_headers(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find("\r\n");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (!is_field_line(line)) return false;
        const std::size_t colon = line.find(':');
        if (request_.headers.size() == limits_.headers) {
            status_ = 431;
            return false;
        }
        request_.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1), " \t"));
    }
    return true;
}

/// How the body is delimited (§6.3), and what else the head says of the connection.
bool HttpParser::read_framing() {
    bool has_length = false;
    request_.keep_alive = !http_1_0_;
    for (const auto& [name, value] : request_.headers) {
        if (equals_ignoring_case(name, "content-length")) {
            std::size_t length = 0;
            if (!parse_number(value, length, 10) || (has_length && length != length_)) return false;
            has_length = true;
            length_ = length;
        } else if (equals_ignoring_case(name, "transfer-encoding")) {
            if (chunked_ || http_1_0_) return false;
            if (!equals_ignoring_case(value, "chunked")) {
                status_ = 501;
                return false;
            }
            chunked_ = true;
        } else if (equals_ignoring_case(name, "connection")) {
            if (lists(value, "close")) request_.keep_alive = false;
            if (http_1_0_ && lists(value, "keep-alive")) request_.keep_alive = true;
        } else if (equals_ignoring_case(name, "expect")) {
            expects_ = !http_1_0_ && equals_ignoring_case(value, "100-continue");
        }
    }
    if (has_length && chunked_) return false;
    if (length_ > limits_.body) {
        status_ = 413;
        return false;
    }
    return true;
}

HttpParser::Progress HttpParser::finish(std::size_t consumed) {
    expects_ = false;
    consumed_ = consumed;
    if (views_stale_) remake_views();
    request_.body = chunked_ ? std::string_view(chunks_) : std::string_view(buffer_).substr(head_, length_);
    return Progress::complete;
}

/// Bytes that came after the head may have moved it.
void HttpParser::remake_views() {
    const bool keep_alive = request_.keep_alive;
    request_ = Request{};
    const std::string_view head = std::string_view(buffer_).substr(0, head_ - 2);
    const std::size_t line_end = head.find("\r\n");
    parse_request_line(head.substr(0, line_end));
    parse_headers(head.substr(line_end + 2));
    request_.keep_alive = keep_alive;
    request_.body = chunked_ ? std::string_view(chunks_) : std::string_view(buffer_).substr(head_, length_);
    views_stale_ = false;
}

HttpParser::Progress HttpParser::parse_fixed() {
    if (buffer_.size() < head_ + length_) return Progress::more;
    return finish(head_ + length_);
}

HttpParser::Progress HttpParser::parse_chunks() {
    const Progress progress = take_chunks();
    if (progress == Progress::more) {
        // What is in chunks_ is not kept twice: tiny chunks would make far more of the body than its limit.
        buffer_.erase(head_, chunk_at_ - head_);
        chunk_at_ = head_;
    }
    return progress;
}

HttpParser::Progress HttpParser::take_chunks() {
    constexpr std::size_t kLongestChunkHeader = 256;
    if (in_trailers_) return take_trailers();
    for (;;) {
        const std::string_view rest = std::string_view(buffer_).substr(chunk_at_);
        const std::size_t end = rest.find("\r\n");
        if (std::min(end, rest.size()) > kLongestChunkHeader) return refuse(400);
        if (end == std::string_view::npos) return Progress::more;
        std::size_t size = 0;
        const std::string_view header = rest.substr(0, end);
        if (!parse_number(header.substr(0, header.find(';')), size, 16) || !is_field_value(header))
            return refuse(400);
        if (size > limits_.body || chunks_.size() + size > limits_.body) return refuse(413);
        if (size == 0) {
            in_trailers_ = true;
            chunk_at_ += end + 2;
            return take_trailers();
        }
        if (rest.size() < end + 2 + size + 2) return Progress::more;
        if (rest.substr(end + 2 + size, 2) != "\r\n") return refuse(400);
        chunks_.append(rest.substr(end + 2, size));
        chunk_at_ += end + 2 + size + 2;
    }
}

/// Trailers are read and not used; they end with a blank line (§7.1.2).
HttpParser::Progress HttpParser::take_trailers() {
    for (;;) {
        const std::string_view rest = std::string_view(buffer_).substr(chunk_at_);
        const std::size_t end = rest.find("\r\n");
        if (trailer_bytes_ + std::min(end, rest.size()) > limits_.head) return refuse(431);
        if (end == std::string_view::npos) return Progress::more;
        if (end == 0) return finish(chunk_at_ + 2);
        if (!is_field_line(rest.substr(0, end))) return refuse(400);
        chunk_at_ += end + 2;
        trailer_bytes_ += end + 2;
    }
}

}  // namespace callboard

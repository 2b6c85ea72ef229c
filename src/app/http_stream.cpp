#include "app/http_stream.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "net/http.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLargestHead = 64 << 10;

Error unreachable(const std::string& name, const std::string& why) {
    return {Error::Kind::unavailable,
            fmt::format("http://{} cannot be reached: {}; is the server running there?", name, why)};
}

/// The value of `token` in `a=b&token=T`.
std::string token_in(std::string_view text) {
    HttpRequest request{};
    request.query = text;
    return request.parameter("token").value_or("");
}

}  // namespace

Result<ServerUrl> ServerUrl::parse(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (text.starts_with("https://"))
        return Error{Error::Kind::invalid,
                     "https is not supported by this version; name the http:// address of the server itself"};
    if (!text.starts_with(scheme))
        return Error{Error::Kind::invalid,
                     fmt::format("\"{}\" is no URL; write it as http://127.0.0.1:8080", text)};
    text.remove_prefix(scheme.size());
    ServerUrl url;
    for (const char mark : {'#', '?'})
        if (const auto at = text.find(mark); at != std::string_view::npos) {
            if (url.token.empty()) url.token = token_in(text.substr(at + 1));
            text = text.substr(0, at);
        }
    const auto slash = text.find('/');
    url.address = text.substr(0, slash);
    if (slash != std::string_view::npos) url.path = text.substr(slash);
    if (url.path.ends_with("/demo/cti"))
        url.path.resize(url.path.size() - std::string_view("/demo/cti").size());
    while (url.path.ends_with('/')) url.path.pop_back();
    const auto bracket = url.address.rfind(']');
    const auto colon = url.address.rfind(':');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket)) url.address += ":80";
    return url;
}

Result<void> HttpStream::read_head(const std::string& name) {
    std::string head;
    std::size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
        auto more = read(kPatience);
        if (more.outcome != Outcome::bytes || head.size() > kLargestHead)
            return unreachable(name, "no answer comes");
        head += more.bytes;
    }
    early_ = head.substr(end + 4);
    const auto blank = head.find(' ');
    if (head.starts_with("HTTP/1.") && blank < end)
        std::from_chars(head.data() + blank + 1, head.data() + end, status_);
    if (status_ < 100 || status_ > 599) return unreachable(name, "what answers does not speak HTTP");
    return {};
}

Result<HttpStream> HttpStream::get(const ServerUrl& server, std::string_view path, const Headers& headers,
                                   int interrupt) {
    auto connected = TcpStream::connect(server.address, kPatience, interrupt);
    if (!connected) return connected.error();
    HttpStream stream(*std::move(connected));
    std::string request = fmt::format("GET {}{} HTTP/1.0\r\nHost: {}\r\n", server.path, path, server.address);
    for (const auto& [name, value] : headers) request += fmt::format("{}: {}\r\n", name, value);
    if (auto asked = stream.stream_.send(request + "\r\n", kPatience); !asked) return asked.error();
    if (auto read = stream.read_head(server.address); !read) return read.error();
    return stream;
}

HttpStream::Read HttpStream::read(std::chrono::milliseconds patience) {
    if (!early_.empty()) return {Outcome::bytes, std::exchange(early_, {})};
    return stream_.read(patience);
}

}  // namespace callboard

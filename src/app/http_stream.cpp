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
            fmt::format("{} cannot be reached: {}; is the server running there?", name, why)};
}

/// The value of `token` in `a=b&token=T`.
std::string token_in(std::string_view text) {
    HttpRequest request{};
    request.query = text;
    return request.parameter("token").value_or("");
}

}  // namespace

Result<ServerUrl> ServerUrl::parse(std::string_view text) {
    constexpr std::string_view plain = "http://";
    constexpr std::string_view secure = "https://";
    ServerUrl url;
    url.tls = text.starts_with(secure);
    if (!url.tls && !text.starts_with(plain))
        return Error{Error::Kind::invalid,
                     fmt::format("\"{}\" is no URL; write it as http://127.0.0.1:8080", text)};
    text.remove_prefix(url.tls ? secure.size() : plain.size());
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
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket))
        url.address += url.tls ? ":443" : ":80";
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

Result<void> HttpStream::begin_tls(const ServerUrl& server) {
    auto host = server.address.substr(0, server.address.rfind(':'));
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    auto client = TlsClient::to(host, server.authorities);
    if (!client) return client.error();
    tls_ = *std::move(client);
    TlsClient::Step step = tls_->begin();
    for (;;) {
        if (auto sent = stream_.send(step.to_send, kPatience); !sent) return sent;
        if (tls_->ready()) break;
        const auto more = stream_.read(kPatience);
        if (more.outcome != Outcome::bytes) return unreachable(server.address, "no TLS comes");
        auto next = tls_->take(more.bytes);
        if (!next) return next.error();
        step = *std::move(next);
    }
    early_ = std::move(step.plain);
    return {};
}

Result<HttpStream> HttpStream::get(const ServerUrl& server, std::string_view path, const Headers& headers,
                                   int interrupt) {
    auto connected = TcpStream::connect(server.address, kPatience, interrupt);
    if (!connected) return connected.error();
    HttpStream stream(*std::move(connected));
    std::string request = fmt::format("GET {}{} HTTP/1.0\r\nHost: {}\r\n", server.path, path, server.address);
    for (const auto& [name, value] : headers) request += fmt::format("{}: {}\r\n", name, value);
    request += "\r\n";
    if (server.tls) {
        if (auto begun = stream.begin_tls(server); !begun) return begun.error();
        request = stream.tls_->encrypted(request);
    }
    if (auto asked = stream.stream_.send(request, kPatience); !asked) return asked.error();
    if (auto read = stream.read_head(server.address); !read) return read.error();
    return stream;
}

HttpStream::Read HttpStream::read(std::chrono::milliseconds patience) {
    if (!early_.empty()) return {Outcome::bytes, std::exchange(early_, {})};
    auto part = stream_.read(patience);
    if (!tls_ || part.outcome != Outcome::bytes) return part;
    auto step = tls_->take(part.bytes);
    if (!step) return {Outcome::ended, {}};
    if (!step->to_send.empty() && !stream_.send(step->to_send, kPatience)) return {Outcome::ended, {}};
    if (step->ended && step->plain.empty()) return {Outcome::ended, {}};
    return {Outcome::bytes, std::move(step->plain)};
}

}  // namespace callboard

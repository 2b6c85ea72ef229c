#include "tests/support/http_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace callboard::test {
namespace {

using Clock = std::chrono::steady_clock;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port, int receive_buffer) {
    const auto address = parse_address("127.0.0.1:" + std::to_string(port));
    if (!address) return;
    Descriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0)
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(fd.get(), address->raw(), address->length) == 0) fd_ = std::move(fd);
}

bool HttpClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void HttpClient::end_input() { ::shutdown(fd_.get(), SHUT_WR); }

void HttpClient::close() { fd_.reset(); }

void HttpClient::send_get(std::string_view target, std::string_view headers) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n");
}

HttpClient::Got HttpClient::receive(Deadline deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{fd_.get(), POLLIN, 0};
    if (!fd_ || left <= 0 || poll(&wait, 1, static_cast<int>(left)) <= 0) return Got::nothing;
    std::array<char, 65'536> buffer{};
    const ssize_t count = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    ended_ = count <= 0;
    if (ended_) return Got::end;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return Got::bytes;
}

std::optional<std::string> HttpClient::take_until(std::string_view end, Deadline deadline) {
    for (std::size_t searched = 0;;) {
        const auto at = received_.find(end, searched);
        if (at != std::string::npos) {
            std::string taken = received_.substr(0, at);
            received_.erase(0, at + end.size());
            return taken;
        }
        searched = received_.size() - std::min(received_.size(), end.size());
        if (receive(deadline) != Got::bytes) return std::nullopt;
    }
}

std::optional<HttpAnswer> HttpClient::take_head(Deadline deadline) {
    const auto text = take_until("\r\n\r\n", deadline);
    if (!text || text->size() < 12) return std::nullopt;
    HttpAnswer answer;
    std::from_chars(text->data() + 9, text->data() + 12, answer.status);
    for (std::size_t at = text->find("\r\n"); at != std::string::npos;) {
        const std::size_t next = text->find("\r\n", at + 2);
        const std::string line = text->substr(at + 2, next == std::string::npos ? next : next - at - 2);
        if (const auto colon = line.find(": "); colon != std::string::npos)
            answer.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        at = next;
    }
    return answer;
}

std::optional<std::string> HttpClient::take_chunks(Deadline deadline) {
    std::string body;
    for (;;) {
        const auto line = take_until("\r\n", deadline);
        std::size_t size = 0;
        if (!line || std::from_chars(line->data(), line->data() + line->size(), size, 16).ec != std::errc{})
            return std::nullopt;
        while (received_.size() < size + 2)
            if (receive(deadline) != Got::bytes) return std::nullopt;
        body.append(received_, 0, size);
        received_.erase(0, size + 2);
        if (size == 0) return body;
    }
}

std::optional<HttpAnswer> HttpClient::head(std::chrono::milliseconds within) {
    return take_head(Clock::now() + within);
}

std::optional<HttpAnswer> HttpClient::answer(std::chrono::milliseconds within) {
    const auto deadline = Clock::now() + within;
    auto answer = take_head(deadline);
    if (!answer) return std::nullopt;
    if (answer->headers.contains("transfer-encoding")) {
        auto body = take_chunks(deadline);
        if (!body) return std::nullopt;
        answer->body = *std::move(body);
        return answer;
    }
    const auto length = answer->headers.find("content-length");
    if (length == answer->headers.end()) {
        if (answer->status == 204 || answer->status == 304) return answer;
        while (receive(deadline) == Got::bytes) {
        }
        answer->body = std::exchange(received_, {});
        return answer;
    }
    const auto size = static_cast<std::size_t>(std::stoul(length->second));
    while (received_.size() < size)
        if (receive(deadline) != Got::bytes) return std::nullopt;
    answer->body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
}

std::optional<std::string> HttpClient::until(std::string_view end, std::chrono::milliseconds within) {
    return take_until(end, Clock::now() + within);
}

std::optional<std::string> HttpClient::some(std::chrono::milliseconds within) {
    if (received_.empty()) {
        const Got got = receive(Clock::now() + within);
        if (got == Got::end) return std::string();
        if (got == Got::nothing) return std::nullopt;
    }
    return std::exchange(received_, {});
}

bool HttpClient::closed_by_server(std::chrono::milliseconds within) {
    const auto deadline = Clock::now() + within;
    for (;;) {
        const Got got = receive(deadline);
        if (got == Got::end) return true;
        if (got == Got::nothing) return false;
    }
}

std::optional<HttpAnswer> HttpClient::get(std::string_view target, std::string_view headers) {
    send_get(target, headers);
    return answer();
}

std::optional<HttpAnswer> HttpClient::post(std::string_view target, std::string_view body,
                                           std::string_view headers) {
    send("POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" + std::string(body));
    return answer();
}

std::optional<HttpAnswer> HttpClient::ask(std::string_view method, std::string_view target,
                                          std::string_view headers) {
    send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
         std::string(headers) + "\r\n");
    return answer();
}

}  // namespace callboard::test

#include "net/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace callboard {

bool lists(std::string_view list, std::string_view word) {
    while (!list.empty())
        if (equals_ignoring_case(trimmed(take_part(list, ','), " \t"), word)) return true;
    return false;
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return {};
    return authorization.substr(scheme.size());
}

std::string_view HttpRequest::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (equals_ignoring_case(known, name)) return value;
    return {};
}

std::optional<std::string> HttpRequest::parameter(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        std::string_view value = take_part(rest, '&');
        const std::string_view known = take_part(value, '=');
        const bool plain = known.find_first_of("%+") == std::string_view::npos;
        if (plain ? known != name : percent_decoded(known, true) != name) continue;
        return percent_decoded(value, true);
    }
    return std::nullopt;
}

std::vector<std::string> HttpRequest::segments() const {
    std::vector<std::string> out;
    std::string_view rest = path;
    while (!rest.empty())
        if (const auto one = take_part(rest, '/'); !one.empty()) out.push_back(percent_decoded(one));
    return out;
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 100:
            return "Continue";
        case 101:
            return "Switching Protocols";
        case 200:
            return "OK";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Unknown";
    }
}

std::string response_head(const HttpResponse& response, std::optional<std::size_t> content_length,
                          bool keep_alive) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
    for (const auto& [name, value] : response.headers)
        out.append(name).append(": ").append(value).append("\r\n");
    // These end with their head, and have no length of their own (RFC 9110 §8.6).
    const bool bodyless = response.status == 101 || response.status == 204 || response.status == 304;
    if (content_length && !bodyless)
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", *content_length);
    if (response.status != 101 && (!keep_alive || !content_length)) out += "Connection: close\r\n";
    return out += "\r\n";
}

SharedBytes response_bytes(const HttpResponse& response) {
    return std::make_shared<const std::string>(response_head(response, response.body.size(), true) +
                                               response.body);
}

}  // namespace callboard

// The bytes of a connection, at once and in pieces: how they come must not matter.
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "net/http_parser.hpp"

using namespace callboard;

namespace {

constexpr HttpParser::Limits kLimits{.head = 2048, .body = 4096, .headers = 20};

/// All that a reader of the connection sees.
std::string seen(std::string_view bytes, std::size_t piece) {
    HttpParser parser(kLimits);
    std::string all;
    auto progress = HttpParser::Progress::more;
    for (std::size_t begin = 0; begin < bytes.size(); begin += piece) {
        progress = parser.feed(bytes.substr(begin, piece));
        while (progress == HttpParser::Progress::complete) {
            const auto& request = parser.request();
            fuzz::check(request.headers.size() <= kLimits.headers, "no more headers than allowed");
            fuzz::check(request.body.size() <= kLimits.body, "no longer body than allowed");
            fuzz::check(!request.method.empty() && !request.target.empty(),
                        "a request has a method and a target");
            all.append(request.method)
                .append(" ")
                .append(request.target)
                .append(request.keep_alive ? " keep\n" : " close\n");
            for (const auto& [name, value] : request.headers)
                all.append(name).append(": ").append(value).append("\n");
            all.append(request.body).append("\n--\n");
            progress = parser.next();
        }
        if (progress == HttpParser::Progress::refused) break;
    }
    if (progress == HttpParser::Progress::refused) {
        fuzz::check(parser.status() >= 400 && parser.status() <= 505, "a refusal has a status");
        all += std::to_string(parser.status());
    }
    return all;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    const std::string whole = seen(bytes, std::max<std::size_t>(bytes.size(), 1));
    const std::string pieces = seen(bytes, data[0] % 64 + 1U);
    fuzz::check(whole == pieces, "requests are the same however they come");
    return 0;
}

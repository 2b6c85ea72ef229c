// A call of the REST side, as a stranger sends it: `METHOD TARGET`, headers and a body. Whatever it says,
// nobody gets in without the keys, and what it is signed as is looked for among few URLs.
#include <algorithm>
#include <set>

#include "api/ovh/access.hpp"
#include "api/ovh/expiration.hpp"
#include "api/ovh/routes.hpp"
#include "api/ovh/signature.hpp"
#include "fuzz.hpp"

using namespace callboard;
using namespace callboard::ovh_rest;

namespace {

constexpr std::string_view kPublicUrl = "https://calls.example/board";
const Time kNow = Time(std::chrono::seconds(1'780'000'000));

const ApiClients& clients() {
    static const ApiClients one(
        [] {
            std::vector<ApiClient> all;
            all.push_back(
                {Secret("application"), Secret("a secret that no input knows"), Secret("consumer"), {}});
            return all;
        }(),
        kNow);
    return one;
}

std::string_view line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view found = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return found;
}

HttpRequest request_of(std::string_view text) {
    HttpRequest request;
    const std::string_view first = line(text);
    const std::size_t blank = std::min(first.find(' '), first.size());
    request.method = first.substr(0, blank);
    request.target = first.substr(std::min(blank + 1, first.size()));
    const std::size_t query = std::min(request.target.find('?'), request.target.size());
    request.path = request.target.substr(0, query);
    for (std::string_view header = line(text); !header.empty(); header = line(text)) {
        const std::size_t colon = std::min(header.find(": "), header.size());
        request.headers.emplace_back(header.substr(0, colon),
                                     header.substr(std::min(colon + 2, header.size())));
    }
    request.body = text;
    return request;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ApiKeys keys({{"key", Secret("a key that no input knows"), {{"*", "/*"}}}});
    const HttpRequest request = request_of(fuzz::text_of(data, size));

    const auto who = identify(request, clients(), keys, kPublicUrl, kNow);
    const auto* refusal = std::get_if<Refusal>(&who);
    fuzz::check(refusal != nullptr, "nobody gets in without the keys");
    fuzz::check(refusal->error.status >= 400 && !refusal->error.message.empty(), "a refusal says why");

    const SignedCall call{request.method, request.target, request.header("Host"), request.body, "1780000000"};
    const auto urls = urls_of(call, kPublicUrl);
    fuzz::check(urls.size() <= 100, "few URLs are tried");
    fuzz::check(std::set<std::string>(urls.begin(), urls.end()).size() == urls.size(), "none twice");

    const std::string_view inside = without_base(request.path);
    std::size_t routes = 0;
    for (const auto& route : route_table())
        if (const auto parameters = match_path(route.path, inside)) {
            if (route.method == request.method) ++routes;
            if (route.path.find("{billingAccount}") != std::string_view::npos)
                fuzz::check(!(*parameters)["billingAccount"].empty(), "a parameter is not empty");
        }
    fuzz::check(routes <= 1, "a call has one route");
    is_granted({{"*", "/telephony/*"}, {"GET", "/*a*b*"}}, request.method, inside);

    const auto lifetime = expiration_of(request.body);
    if (const auto* error = std::get_if<RestError>(&lifetime))
        fuzz::check(error->message.starts_with("[expiration] ") || error->message.starts_with("[body] "),
                    "a wrong parameter is named");
    return 0;
}

#include "delivery/presented_token.hpp"

#include <strings.h>

namespace callboard {

std::string presented_token(const HttpRequest& request) {
    if (auto token = request.parameter("token"); token && !token->empty()) return std::move(*token);
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = request.header("Authorization");
    if (given.size() <= scheme.size() || strncasecmp(given.data(), scheme.data(), scheme.size()) != 0)
        return {};
    const std::string_view token = given.substr(scheme.size());
    const auto begin = token.find_first_not_of(' '), end = token.find_last_not_of(' ');
    return begin == std::string_view::npos ? std::string()
                                           : std::string(token.substr(begin, end - begin + 1));
}

}  // namespace callboard

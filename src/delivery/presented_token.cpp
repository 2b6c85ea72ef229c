#include "delivery/presented_token.hpp"

#include <utility>

#include "base/text.hpp"

namespace callboard {

std::string presented_token(const HttpRequest& request) {
    if (auto token = request.parameter("token"); token && !token->empty()) return std::move(*token);
    return std::string(trimmed(bearer_token(request.header("Authorization")), " "));
}

}  // namespace callboard

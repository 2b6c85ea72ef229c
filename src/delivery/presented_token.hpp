#pragma once

#include <string>

#include "net/http.hpp"

namespace callboard {

/// The token that a request carries: `?token=` first, else `Authorization: Bearer`. Empty when there is none.
std::string presented_token(const HttpRequest& request);

}  // namespace callboard

#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// The description of every route (OpenAPI 3.1): `src/api/openapi.json`.
std::string_view openapi_json();

/// A description as a plain page to read; empty when it is none. Pure.
std::string docs_page(std::string_view openapi);

}  // namespace callboard

#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// The description of every route (OpenAPI 3.1): `src/api/openapi.json`.
std::string_view openapi_json();
/// The description of the streams of events (AsyncAPI 3.0): `src/api/asyncapi.json`.
std::string_view asyncapi_json();

/// Both descriptions as one plain page to read; empty when one of them is none. Pure.
std::string docs_page(std::string_view openapi, std::string_view asyncapi);

}  // namespace callboard

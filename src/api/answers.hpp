#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace callboard {

/// An answer that no cache keeps.
HttpResponse json_answer(int status, std::string body);
HttpResponse text_answer(int status, std::string body);
/// `{"message":"…"}`: one sentence for the integrator.
HttpResponse error_answer(int status, std::string_view message);

}  // namespace callboard

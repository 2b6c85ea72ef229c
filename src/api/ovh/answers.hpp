#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace callboard::ovh_rest {

/// What is wrong with a call, in the words that clients of OVH's API know.
struct RestError {
    int status = 400;
    std::string_view code;  ///< `errorCode`: `NOT_GRANTED_CALL`
    std::string message;
};

/// An answer of the REST side: JSON, with the headers of OVH's API. `null` for void.
HttpResponse rest_answer(std::string body, int status = 200);
/// `{"message":"…","httpCode":"403 Forbidden","errorCode":"…","class":"Client::Forbidden"}`
HttpResponse rest_answer(const RestError& error);
/// To `OPTIONS`, also a preflight of the Fetch Standard §3.2. `methods`: what the path takes, by comma.
HttpResponse preflight_answer(const std::string& methods);

/// `This service does not exist`: an account, line or queue that is not configured.
RestError no_such_service();
/// `The requested object (eventToken) does not exist`
RestError no_such_object(std::string_view type);
/// A member of the body that is missing or wrong.
RestError wrong_parameter(std::string_view name, std::string_view why);

}  // namespace callboard::ovh_rest

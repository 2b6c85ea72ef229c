#include "api/ovh/answers.hpp"

#include <gtest/gtest.h>

namespace callboard::ovh_rest {
namespace {

std::string header(const HttpResponse& response, std::string_view name) {
    std::string found;
    for (const auto& [known, value] : response.headers)
        if (known == name) found = found.empty() ? value : found + " and " + value;
    return found;
}

TEST(RestAnswer, HasTheHeadersOfTheService) {
    const HttpResponse answer = rest_answer("1457018875");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "1457018875");
    EXPECT_EQ(header(answer, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(header(answer, "Cache-Control"), "no-cache, no-store");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Headers"),
              "X-Ovh-Timestamp, X-Ovh-Consumer, X-Ovh-Application, X-Ovh-Signature, X-Ovh-Session, "
              "Authorization, Content-Type");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Methods"), "GET, POST, DELETE");
}

TEST(RestAnswer, EachHasAnIdOfItsOwn) {
    const auto first = header(rest_answer("null"), "X-Ovh-Queryid");
    EXPECT_GE(first.size(), 16U);
    EXPECT_NE(first, header(rest_answer("null"), "X-Ovh-Queryid"));
    EXPECT_FALSE(header(rest_answer(no_such_service()), "X-Ovh-Queryid").empty());
}

TEST(RestAnswer, ErrorsHaveTheShapeOfTheService) {
    const std::pair<RestError, const char*> errors[] = {
        {{400, "INVALID_SIGNATURE", "Invalid signature"},
         R"({"message":"Invalid signature","httpCode":"400 Bad Request","errorCode":"INVALID_SIGNATURE","class":"Client::BadRequest"})"},
        {{401, "MISSING_CREDENTIAL", "You must login first"},
         R"({"message":"You must login first","httpCode":"401 Unauthorized","errorCode":"MISSING_CREDENTIAL","class":"Client::Unauthorized"})"},
        {{403, "NOT_GRANTED_CALL", "This call has not been granted"},
         R"({"message":"This call has not been granted","httpCode":"403 Forbidden","errorCode":"NOT_GRANTED_CALL","class":"Client::Forbidden"})"},
        {no_such_object("eventToken"),
         R"({"message":"The requested object (eventToken) does not exist","httpCode":"404 Not Found","errorCode":"NOT_FOUND","class":"Client::NotFound"})"},
        {no_such_service(),
         R"({"message":"This service does not exist","httpCode":"404 Not Found","errorCode":"NOT_FOUND","class":"Client::NotFound"})"},
        {wrong_parameter("expiration", "is \"wrong\""),
         R"({"message":"[expiration] is \"wrong\"","httpCode":"400 Bad Request","errorCode":"INVALID_PARAMETER","class":"Client::BadRequest"})"},
        {{405, "METHOD_NOT_ALLOWED", "no"},
         R"({"message":"no","httpCode":"405 Method Not Allowed","errorCode":"METHOD_NOT_ALLOWED","class":"Client::MethodNotAllowed"})"},
        {{503, "SERVICE_UNAVAILABLE", "later"},
         R"({"message":"later","httpCode":"503 Service Unavailable","errorCode":"SERVICE_UNAVAILABLE","class":"Server::ServiceUnavailable"})"},
    };
    for (const auto& [error, body] : errors) {
        const HttpResponse answer = rest_answer(error);
        EXPECT_EQ(answer.status, error.status);
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(header(answer, "WWW-Authenticate"), error.status == 401 ? "Bearer" : "");
        EXPECT_EQ(header(answer, "Retry-After"), error.status == 503 ? "1" : "");
    }
}

TEST(RestAnswer, APreflightHasNoContent) {
    const HttpResponse answer = preflight_answer("GET, HEAD, OPTIONS");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(header(answer, "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(answer, "Access-Control-Max-Age"), "86400");
    EXPECT_EQ(header(answer, "Content-Type"), "");
}

}  // namespace
}  // namespace callboard::ovh_rest

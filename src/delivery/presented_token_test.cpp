#include "delivery/presented_token.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

std::string token(std::string_view query, std::string_view authorization) {
    HttpRequest request;
    request.query = query;
    if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
    return presented_token(request);
}

TEST(PresentedToken, ComesFromUrlOrHeader) {
    EXPECT_EQ(token("token=ABC", ""), "ABC");
    EXPECT_EQ(token("x=1&token=A%2DB&token=C", ""), "A-B");
    EXPECT_EQ(token("", "Bearer ABC"), "ABC");
    EXPECT_EQ(token("", "bearer   ABC  "), "ABC");
    EXPECT_EQ(token("token=URL", "Bearer HEADER"), "URL");
    EXPECT_EQ(token("token=", "Bearer HEADER"), "HEADER");
}

TEST(PresentedToken, IsEmptyWhenThereIsNone) {
    EXPECT_EQ(token("", ""), "");
    EXPECT_EQ(token("tokens=ABC", ""), "");
    EXPECT_EQ(token("", "Basic QUJD"), "");
    EXPECT_EQ(token("", "Bearer"), "");
    EXPECT_EQ(token("", "Bearer  "), "");
}

}  // namespace
}  // namespace callboard

#include "delivery/longpoll/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard::longpoll {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Announced announced(Sequence sequence, std::string data = R"({"CallId":"c"})") {
    Record record;
    record.sequence = sequence;
    record.timestamp = time_from_nanoseconds(1'425'554'670'255'954'000);
    record.name = "start_ringing";
    record.ressource = "0033972000001";
    record.data = std::move(data);
    record.details = R"({"Id":"1"})";
    return std::make_shared<const Announcement>(record, Time{}, TimeZone::utc());
}

TEST(Answer, HasEverythingAlsoWhenThereIsNothing) {
    const auto bytes = answer("S", "Timeout, please reconnect", {}, "T");
    EXPECT_THAT(*bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(*bytes, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_THAT(
        *bytes,
        EndsWith("\r\n\r\n{\"Session\":\"S\",\"Message\":\"Timeout, please reconnect\",\"Events\":[]}"));
}

TEST(Answer, SaysItsLength) {
    const std::vector<Announced> events = {announced(1), announced(2)};
    const auto bytes = answer("S", "", events, "T");
    const auto body = bytes->size() - bytes->find("\r\n\r\n") - 4;
    EXPECT_THAT(*bytes, HasSubstr("Content-Length: " + std::to_string(body) + "\r\n"));
}

TEST(Answer, PutsTheTokenIntoEachEvent) {
    const std::vector<Announced> events = {announced(1), announced(2)};
    const auto bytes = answer("S", "", events, "ABC");
    std::size_t found = 0;
    for (auto at = bytes->find("\"Token\":\"ABC\""); at != std::string::npos;
         at = bytes->find("\"Token\":\"ABC\"", at + 1))
        ++found;
    EXPECT_EQ(found, 2U);
}

TEST(Answer, ShowsAMaskedTokenWhatIsMasked) {
    const std::vector<Announced> events = {announced(1, R"({"CallId":"c","Calling":"0033612345678"})")};
    EXPECT_THAT(*answer("S", "", events, "ABC"), HasSubstr(R"("Calling":"0033612345678")"));
    const auto bytes = answer("S", "", events, "ABC", true);
    EXPECT_THAT(*bytes, HasSubstr(R"("Calling":"0033612****78")"));
    const auto body = bytes->size() - bytes->find("\r\n\r\n") - 4;
    EXPECT_THAT(*bytes, HasSubstr("Content-Length: " + std::to_string(body) + "\r\n"));
}

TEST(Answer, RefusesInTheSameShape) {
    const HttpResponse refused = refusal(403, "no \"token\"");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body, R"({"Session":"","Message":"no \"token\"","Events":[]})");
}

}  // namespace
}  // namespace callboard::longpoll

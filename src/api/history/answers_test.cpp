#include "api/history/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using testing::HasSubstr;

HistoryRow row() {
    HistoryRow made;
    made.started = time_from_nanoseconds(1'774'747'800'000'000'001);
    made.account = "office";
    made.call_id = "a,\"b\"";
    made.line = "0033972000001";
    made.calling = "0033612345678";
    made.called = made.dialed = made.line;
    made.waited = std::chrono::milliseconds(1'500);
    made.outcome = CallOutcome::missed;
    return made;
}

std::string nobody(const HistoryRow&) { return {}; }

TEST(HistoryAnswers, RowHasEveryMember) {
    std::string out;
    append_row(out, row(), "Zoé");
    EXPECT_EQ(out,
              R"({"id":"1774747800000000001","kind":"call","account":"office","call_id":"a,\"b\"",)"
              R"("line":"0033972000001","direction":"in","calling":"0033612345678","called":"0033972000001",)"
              R"("dialed":"0033972000001","started":1774747800000000001,"rang":null,"answered":null,)"
              R"("ended":null,"waited_s":1.500,"talked_s":0.000,"queue":null,"agent":null,)"
              R"("outcome":"missed","cause":"","parent":null,"name":null,"contact":"Zoé"})");
}

TEST(HistoryAnswers, MaskedRowShowsOursAndNobodyElse) {
    const Directory ours({{"office", "Office"}},
                         {{"office", "0033972000001", "Alice", ServiceType::sip_line, 2, "1", {}}});
    HistoryRow plain = row();
    plain.name = "Jean Dupont";
    plain.call_id = "0612345678@pbx";
    plain.cause = "302 Moved to sip:+33612345678@pbx";
    const HistoryRow shown = masked(plain, Masking(&ours));
    EXPECT_EQ(shown.calling, "0033612****78");
    EXPECT_EQ(shown.called, plain.called);
    EXPECT_EQ(shown.name, "");
    EXPECT_EQ(shown.call_id, "0612****78@pbx");
    EXPECT_EQ(shown.cause, "302 Moved to sip:+33612****78@pbx");
    EXPECT_EQ(shown.waited, plain.waited);
    Callback callback;
    callback.number = "0033612345678";
    EXPECT_EQ(masked(callback, Masking(&ours)).number, "0033612****78");
}

TEST(HistoryAnswers, PageSaysWhereToGoOn) {
    EXPECT_EQ(page_json({}, {}, nobody), R"({"calls":[],"next":null})");
    EXPECT_THAT(page_json({row()}, row().started, nobody), HasSubstr(R"(],"next":"1774747800000000001"})"));
}

TEST(HistoryAnswers, CsvIsQuotedAndInLocalTime) {
    std::string out;
    append_csv(out, row(), *TimeZone::named("Europe/Paris"), "Zoé");
    EXPECT_EQ(out,
              "1774747800000000001,call,office,\"a,\"\"b\"\"\",0033972000001,in,0033612345678,0033972000001,"
              "0033972000001,2026-03-29T03:30:00.000000001+02:00,,,,1.500,0.000,,,missed,,,,Zoé\r\n");
}

TEST(HistoryAnswers, CsvHoldsNoFormula) {
    for (const char* name : {"=cmd()", "+1", "-1", "@x"}) {
        HistoryRow made = row();
        made.name = name;
        std::string out;
        append_csv(out, made, TimeZone::utc(), name);
        EXPECT_THAT(out, HasSubstr(",\"'" + std::string(name) + "\"\r\n"));
    }
}

TEST(HistoryAnswers, CsvHeadNamesTheMembers) {
    std::string json;
    append_row(json, row(), {});
    const std::string head = csv_head();
    std::size_t at = 0;
    for (std::size_t begin = 0; begin < head.size() - 2;) {
        const std::size_t end = std::min(head.find(',', begin), head.size() - 2);
        const std::string member = '"' + head.substr(begin, end - begin) + "\":";
        at = json.find(member, at);
        ASSERT_NE(at, std::string::npos) << member;
        begin = end + 1;
    }
}

TEST(HistoryAnswers, CallbackWithAndWithoutATick) {
    Callback callback;
    callback.through = callback.last = time_from_nanoseconds(5);
    callback.first = time_from_nanoseconds(3);
    callback.number = "0033612345678";
    callback.queue = "0033972000009";
    callback.attempts = 2;
    EXPECT_EQ(
        callbacks_json({callback}),
        R"({"callbacks":[{"id":"5","number":"0033612345678","line":null,"queue":"0033972000009","first":3,)"
        R"("last":5,"attempts":2,"longest_wait_s":0.000,"done":null}]})");
    callback.done =
        CallbackTick{"office", callback.number, callback.through, time_from_nanoseconds(9), "Alice"};
    EXPECT_THAT(callbacks_json({callback}), HasSubstr(R"("done":{"at":9,"by":"Alice"}})"));
}

TEST(HistoryAnswers, Statistics) {
    Statistics statistics({StatisticsQuestion::By::line,
                           Time{},
                           time_from_nanoseconds(1'000'000'000'000),
                           std::nullopt,
                           std::chrono::seconds(20),
                           {}},
                          TimeZone::utc());
    HistoryRow made = row();
    made.started = time_from_nanoseconds(1);
    statistics.add(made);
    EXPECT_EQ(
        statistics_json(statistics, TimeZone::utc()),
        R"({"by":"line","interval":"all","from":0,"to":1000000000000,"threshold_s":20,"time_zone":"UTC",)"
        R"("rows":[{"key":"0033972000001","start":0,"end":1000000000000,"offered":1,"answered":0,"lost":1,)"
        R"("service_level":null,"average_wait_s":0.000,"longest_wait_s":0.000,"average_talk_s":0.000,)"
        R"("talk_s":0.000,"busiest":0,"occupancy":0.0000}]})");
}

}  // namespace
}  // namespace callboard

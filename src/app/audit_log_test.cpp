#include "app/audit_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const Time kNow = time_from_nanoseconds(1'780'000'000'255'954'700);
const Actor kReader{"203.0.113.9", "ABCD…", "office", "0033972000001"};
constexpr const char* kBegin = R"({"time":"2026-05-28T20:26:40.255Z","act":")";
constexpr const char* kWho =
    R"(","peer":"203.0.113.9","who":"ABCD…","account":"office","place":"0033972000001",)";

/// What stands behind the members that every line has.
std::string own(const std::string& name, const Act& act) {
    const std::string line = audit_line(kReader, act, kNow);
    const std::string head = kBegin + name + kWho;
    EXPECT_THAT(line, StartsWith(head));
    EXPECT_THAT(line, EndsWith("}\n"));
    return line.substr(std::min(head.size(), line.size() - 2), line.size() - head.size() - 2);
}

TEST(AuditLine, HasWhatBelongsToTheAct) {
    EXPECT_EQ(own("listen.begin", act::ListenBegin{"sse", true}), R"("transport":"sse","masked":true)");
    EXPECT_EQ(own("listen.end", act::ListenEnd{"v2", false, 61'500ms, 12}),
              R"("transport":"v2","masked":false,"seconds":61.500,"events":12)");
    EXPECT_EQ(own("history.read", act::HistoryRead{"calls", false, {{"number", "0033612****78"}}, 3}),
              R"("what":"calls","masked":false,"asked":{"number":"0033612****78"},"rows":3)");
    EXPECT_EQ(own("history.export", act::HistoryExport{"csv", false, {}, 48'310, true}),
              R"("form":"csv","masked":false,"asked":{},"rows":48310,"whole":true)");
    EXPECT_EQ(own("contacts.read", act::ContactsRead{{{"search", "…"}, {"limit", "5"}}, 5}),
              R"("asked":{"search":"…","limit":"5"},"rows":5)");
    EXPECT_EQ(own("contacts.import", act::ContactsImport{10, 1}), R"("imported":10,"refused":1)");
    EXPECT_EQ(own("contacts.export", act::ContactsExport{10}), R"("rows":10)");
    EXPECT_EQ(own("contacts.clear", act::ContactsClear{10}), R"("rows":10)");
    EXPECT_EQ(own("token.create", act::TokenCreate{"EFGH…", true}), R"("token":"EFGH…","masked":true)");
    EXPECT_EQ(own("token.read", act::TokenRead{"EFGH…", false}), R"("token":"EFGH…","masked":false)");
    EXPECT_EQ(own("token.delete", act::TokenDelete{"EFGH…"}), R"("token":"EFGH…")");
    EXPECT_EQ(own("token.list", act::TokenList{2, true}), R"("tokens":2,"revealed":true)");
    EXPECT_EQ(own("erase", act::Erase{"0033612****78", 1, 2, 3, 4}),
              R"("number":"0033612****78","events":1,"calls":2,"deliveries":3,"contacts":4)");
    EXPECT_EQ(own("backup", act::Backup{"/srv/copy"}), R"("to":"/srv/copy")");
}

TEST(AuditLine, IsOneLineOfJsonWhateverIsInIt) {
    const std::string line = audit_line({"local", "root", "", ""}, act::Backup{"/a\n\"b\"\xff"}, kNow);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_THAT(line, HasSubstr(R"("account":null,"place":null)"));
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.parse(line).error(), simdjson::SUCCESS);
}

TEST(AuditLog, WritesBehindAndGoesOnAfterARotation) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "audit.log";
    const auto content = [](const std::filesystem::path& of) {
        std::ifstream in(of);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const ManualClock clock(kNow);
    Metrics metrics;
    {
        auto log = AuditLog::open(file, clock, metrics);
        ASSERT_TRUE(log) << log.error().what;
        (*log)->note(kReader, act::ListenBegin{"sse", false});
        while (content(file).empty()) std::this_thread::yield();
        std::filesystem::rename(file, directory.path() / "audit.log.1");
        ASSERT_TRUE((*log)->reopen());
        (*log)->note(kReader, act::ListenEnd{"sse", false, {}, 0});
    }
    EXPECT_THAT(content(directory.path() / "audit.log.1"), HasSubstr("listen.begin"));
    EXPECT_THAT(content(file), HasSubstr("listen.end"));
    EXPECT_THAT(metrics.text(), HasSubstr("callboard_audit_log_dropped_total 0"));
}

TEST(AuditLog, SaysWhyItCannotBeOpened) {
    const ManualClock clock;
    Metrics metrics;
    const auto log = AuditLog::open("/nowhere/audit.log", clock, metrics);
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().what, HasSubstr("the audit log /nowhere/audit.log"));
}

}  // namespace
}  // namespace callboard

#include "app/examination.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "base/metrics.hpp"
#include "journal/file_lock.hpp"
#include "journal/sqlite_journal.hpp"
#include "net/socket.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using State = Finding::State;

constexpr std::uint64_t kMegabyte = 1'000'000;
const Time kNow = Time(seconds(1'780'000'000));

auto found(State state, const std::string& about, const std::string& what) {
    return AllOf(
        Field(&Finding::state, state), Field(&Finding::about, HasSubstr(about)),
        Field(&Finding::what, HasSubstr(what)),
        Field(&Finding::advice, state == State::good ? testing::Matcher<std::string>(IsEmpty())
                                                     : testing::Matcher<std::string>(Not(IsEmpty()))));
}

TEST(JudgeSpace, FromPlentyToNothing) {
    EXPECT_EQ(judge_space("/data", {50'000 * kMegabyte, 100'000 * kMegabyte}).state, State::good);
    EXPECT_EQ(judge_space("/data", {4'000 * kMegabyte, 100'000 * kMegabyte}).state, State::warning);
    EXPECT_EQ(judge_space("/data", {900 * kMegabyte, 1'000 * kMegabyte}).state, State::warning);
    EXPECT_THAT(judge_space("/data", {99 * kMegabyte, 1'000 * kMegabyte}),
                found(State::problem, "/data", "99 MB of 1000 MB are free"));
}

TEST(JudgeClock, ByWhatTheKernelKnowsAndTheJournalHas) {
    EXPECT_THAT(judge_clock({true, microseconds(20'000)}, kNow, kNow - hours(1)),
                found(State::good, "clock", "to 20 ms at worst"));
    EXPECT_THAT(judge_clock({false, {}}, kNow, std::nullopt), found(State::warning, "clock", "nobody"));
    EXPECT_THAT(judge_clock({true, microseconds(700'000)}, kNow, std::nullopt),
                found(State::warning, "clock", "700 ms"));
    EXPECT_THAT(judge_clock({true, {}}, kNow, kNow + seconds(90)),
                found(State::problem, "clock", "90 s behind the newest event"));
    EXPECT_EQ(judge_clock({true, {}}, kNow, kNow + seconds(30)).state, State::good);
}

TEST(JudgeCertificate, BeforeInAndAfterItsTime) {
    const CertificateDates dates{kNow, kNow + hours(24 * 90)};
    EXPECT_THAT(judge_certificate("c.pem", dates, kNow), found(State::good, "c.pem", "90 days"));
    EXPECT_EQ(judge_certificate("c.pem", dates, kNow + hours(24 * 76)).state, State::good);
    EXPECT_THAT(judge_certificate("c.pem", dates, kNow + hours(24 * 76 + 1)),
                found(State::warning, "c.pem", "valid for 13 days"));
    EXPECT_THAT(judge_certificate("c.pem", dates, dates.ends), found(State::problem, "c.pem", "expired"));
    EXPECT_THAT(judge_certificate("c.pem", dates, kNow - seconds(1)),
                found(State::problem, "c.pem", "not valid before"));
}

TEST(CertificateDates, AreReadFromTheFile) {
    const test::TemporaryDirectory dir;
    const auto file = dir.path() / "c.pem";
    test::write_certificate("localhost", file, dir.path() / "k.pem");
    const auto dates = certificate_dates(file);
    ASSERT_TRUE(dates) << dates.error().what;
    EXPECT_LT(dates->begins, dates->ends);
    EXPECT_LT(dates->ends - SystemClock().now(), hours(48));
    EXPECT_GT(dates->ends, SystemClock().now());
    std::ofstream(dir.path() / "text") << "no certificate";
    EXPECT_FALSE(certificate_dates(dir.path() / "text"));
    EXPECT_FALSE(certificate_dates(dir.path() / "none"));
}

class DataDirExamination : public testing::Test {
  protected:
    test::TemporaryDirectory dir;
    DataDir data{dir.path() / "data"};
    SystemClock clock;
    Metrics metrics;

    Findings examined() { return examine_data_dir(data, is_running(data), clock); }
};

TEST_F(DataDirExamination, OneThatIsNotThereYetIsMade) {
    EXPECT_THAT(examined(), testing::ElementsAre(found(State::good, "data_dir", "first start")));
    EXPECT_FALSE(std::filesystem::exists(data.path)) << "nothing is made by looking";
}

TEST_F(DataDirExamination, ASoundOneIsSound) {
    ASSERT_TRUE(data.prepare());
    { ASSERT_TRUE(SqliteJournal::open({.file = data.journal()}, clock, metrics)); }
    const auto all = examined();
    EXPECT_THAT(all, Contains(found(State::good, "data_dir", "nobody uses it")));
    EXPECT_THAT(all, Contains(found(State::good, "journal", "is sound, events up to number 0")));
    EXPECT_THAT(all, Contains(Field(&Finding::about, HasSubstr("disk of "))));
}

TEST_F(DataDirExamination, OneThatIsInUseIsSeen) {
    ASSERT_TRUE(data.prepare());
    EXPECT_FALSE(is_running(data));
    const auto journal = SqliteJournal::open({.file = data.journal()}, clock, metrics);
    ASSERT_TRUE(journal);
    EXPECT_TRUE(is_running(data));
    EXPECT_THAT(examined(), Contains(found(State::good, "data_dir", "a running callboard")));
}

TEST_F(DataDirExamination, OneThatIsOpenToOthersIsWarnedOf) {
    ASSERT_TRUE(data.prepare());
    ::chmod(data.path.c_str(), 0755);
    EXPECT_THAT(examined(), Contains(found(State::warning, "data_dir", "mode 0755")));
}

TEST_F(DataDirExamination, AFileIsNone) {
    std::ofstream(data.path) << "x";
    EXPECT_THAT(examined(), testing::ElementsAre(found(State::problem, "data_dir", "no directory")));
}

TEST_F(DataDirExamination, AJournalThatIsNoneIsAProblem) {
    ASSERT_TRUE(data.prepare());
    std::ofstream(data.journal()) << std::string(5'000, 'x');
    EXPECT_THAT(examined(), Contains(found(State::problem, "journal", "journal.db")));
}

TEST(ExaminePorts, FreeHeldAndTaken) {
    const auto taken = *bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
    ASSERT_EQ(::listen(taken.get(), 1), 0);
    Config config;
    config.http.listen = {local_address(taken.get()).text(), "127.0.0.1:0"};
    config.hep_inputs = {{"sbc", "udp:127.0.0.1:0", {}}};
    EXPECT_THAT(examine_ports(config, false),
                testing::ElementsAre(found(State::problem, "port 127.0.0.1:", "not to be had"),
                                     found(State::good, "port 127.0.0.1:0", "is free"),
                                     found(State::good, "port udp:127.0.0.1:0", "is free")));
    EXPECT_THAT(examine_ports(config, true),
                testing::ElementsAre(found(State::good, "port 127.0.0.1:", "is held"),
                                     found(State::warning, "port 127.0.0.1:0", "although callboard runs"),
                                     found(State::warning, "port udp:", "although callboard runs")));
}

TEST(ExamineExchanges, OneThatIsNotThereIsAProblem) {
    std::string address;
    {
        const auto gone = *bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
        address = local_address(gone.get()).text();
    }
    Config config;
    config.freeswitch_inputs.push_back({.name = "pbx", .address = address, .password = Secret("p")});
    config.asterisk_inputs.push_back(
        {.name = "office", .address = address, .username = "u", .secret = Secret("a-secret")});
    const auto all = examine_exchanges(config, SystemClock());
    EXPECT_THAT(all, testing::ElementsAre(found(State::problem, "source pbx", "no login to FreeSWITCH at"),
                                          found(State::problem, "source office", "no login to Asterisk at")));
    for (const auto& one : all) EXPECT_THAT(finding_line(one), Not(HasSubstr("a-secret")));
}

TEST(Findings, AreALineEachOrOneObject) {
    const Findings findings = {good("clock", "is \"right\""), problem("port 1", "is taken", "free it")};
    EXPECT_EQ(finding_line(findings[0]), "ok       clock: is \"right\"");
    EXPECT_EQ(finding_line(findings[1]), "problem  port 1: is taken; free it");
    EXPECT_EQ(findings_json(findings),
              R"({"ok":false,"findings":[{"state":"ok","about":"clock","what":"is \"right\"","advice":""},)"
              R"({"state":"problem","about":"port 1","what":"is taken","advice":"free it"}]})");
    EXPECT_EQ(findings_json({}), R"({"ok":true,"findings":[]})");
    EXPECT_TRUE(healthy({warning("a", "b", "c")}));
    EXPECT_FALSE(healthy(findings));
}

}  // namespace
}  // namespace callboard

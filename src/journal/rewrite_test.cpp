#include "journal/rewrite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using namespace test;

constexpr std::string_view kSecret = "0033612345678";

Record record_with(std::string data, int at) {
    Record record;
    record.name = "start_ringing";
    record.account = "office";
    record.ressource = "0033123456101";
    record.data = std::move(data);
    record.details = "{}";
    record.timestamp = time_from_nanoseconds(1'780'000'000'000'000'000 + at);
    return record;
}

/// Every byte of the journal's files.
std::string bytes_of(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
}

bool anonymise(Record& record) {
    const auto at = record.data.find(kSecret);
    if (at == std::string::npos) return false;
    record.data.replace(at, kSecret.size(), "anonymous");
    return true;
}

TEST(Rewrite, LeavesNothingOfWhatWasAndEverythingElse) {
    Place place;
    {
        auto journal = *place.open();
        for (int i = 0; i < 300; ++i) {
            std::vector<Record> group;
            for (int j = 0; j < 5; ++j)
                group.push_back(record_with(
                    (i + j) % 7 == 0 ? R"({"Calling":"0033612345678"})" : R"({"Calling":"1"})", i * 5 + j));
            ASSERT_TRUE(journal->append(group));
        }
    }
    ASSERT_NE(bytes_of(place.directory.path()).find(kSecret), std::string::npos);
    std::vector<Record> before;
    {
        auto journal = *place.open();
        before = *read_all(*journal);
    }
    const auto changed = rewrite_journal(place.file(), anonymise);
    ASSERT_TRUE(changed) << changed.error().what;
    EXPECT_GT(*changed, 200U);
    EXPECT_EQ(bytes_of(place.directory.path()).find(kSecret), std::string::npos);

    auto journal = *place.open();
    const auto after = *read_all(*journal);
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        Record expected = before[i];
        anonymise(expected);
        EXPECT_EQ(after[i], expected);
    }
    EXPECT_EQ(journal->last(), 1'500U);
    std::vector<Record> next{record_with("{}", 10'000)};
    EXPECT_EQ(*journal->append(next), 1'501U) << "numbers go on";
    EXPECT_EQ(place.damaged_batches(), 0U);
}

TEST(Rewrite, MayMakeRecordsLonger) {
    Place place;
    {
        auto journal = *place.open();
        std::vector<Record> group;
        for (int i = 0; i < 500; ++i) group.push_back(record_with("{}", i));
        ASSERT_TRUE(journal->append(group));
    }
    const std::string longer = "{\"a\":\"" + std::string(4'000, 'x') + "\"}";
    EXPECT_EQ(*rewrite_journal(place.file(), [&](Record& record) { return record.data = longer, true; }),
              500U);
    auto journal = *place.open();
    const auto after = *read_all(*journal);
    ASSERT_EQ(after.size(), 500U);
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].sequence, i + 1);
        EXPECT_EQ(after[i].data, longer);
    }
}

TEST(Rewrite, IsRefusedWhileAServerRuns) {
    Place place;
    const auto journal = *place.open();
    EXPECT_FALSE(rewrite_journal(place.file(), anonymise));
}

TEST(Rewrite, DoneTwiceFindsNothingTheSecondTime) {
    Place place;
    {
        auto journal = *place.open();
        std::vector<Record> one{record_with(R"({"Calling":"0033612345678"})", 1)};
        ASSERT_TRUE(journal->append(one));
    }
    EXPECT_EQ(*rewrite_journal(place.file(), anonymise), 1U);
    EXPECT_EQ(*rewrite_journal(place.file(), anonymise), 0U);
}

}  // namespace
}  // namespace callboard

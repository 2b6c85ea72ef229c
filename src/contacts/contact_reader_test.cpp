#include "contacts/contact_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class ContactReading : public testing::Test {
  protected:
    Result<void> read(std::string_view text) {
        ContactReader reader(
            "FR", [this](Contact&& contact) { found_.push_back(std::move(contact)); },
            [this](std::size_t line, std::string why) { refused_.emplace_back(line, std::move(why)); });
        reader.feed(text);
        return reader.finish();
    }
    std::vector<Contact> found_;
    std::vector<std::pair<std::size_t, std::string>> refused_;
};

TEST_F(ContactReading, NumbersAreReadHoweverTheyAreWritten) {
    ASSERT_TRUE(read(
        "number,name\n06 12 34 56 78,Jean\n+33612345679,Anne\n0033612345670, Zoé \n+1 650 253 0000,G\n"));
    EXPECT_THAT(found_, ElementsAre(Contact{"0033612345678", "Jean"}, Contact{"0033612345679", "Anne"},
                                    Contact{"0033612345670", "Zoé"}, Contact{"0016502530000", "G"}));
    EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(ContactReading, ColumnsMayStandAnywhere) {
    ASSERT_TRUE(read("id; Name ;company;NUMBER\n7;Jean;ACME;0612345678\n"));
    EXPECT_THAT(found_, ElementsAre(Contact{"0033612345678", "Jean"}));
}

TEST_F(ContactReading, BadRowsArePassedOver) {
    ASSERT_TRUE(
        read("number,name\nalice,Alice\n101,Bob\n0612345678\n0612345678,\n0612345678,\xFF\n"
             "0612345678,a\tb\n\"0612345678\"x,Eve\n,\n0612345678," +
             std::string(Contact::kMostNameBytes + 1, 'x') + "\n0612345678,Jean\n"));
    EXPECT_THAT(found_, ElementsAre(Contact{"0033612345678", "Jean"}));
    EXPECT_THAT(refused_, ElementsAre(Pair(2, HasSubstr("no number")), Pair(3, HasSubstr("no number")),
                                      Pair(4, HasSubstr("missing")), Pair(5, HasSubstr("no name")),
                                      Pair(6, HasSubstr("UTF-8")), Pair(7, HasSubstr("control")),
                                      Pair(8, HasSubstr("quote")), Pair(9, HasSubstr("no number")),
                                      Pair(10, HasSubstr("200 bytes"))));
}

TEST_F(ContactReading, AFileWithoutTheColumnsIsRefused) {
    for (const char* text :
         {"", "0612345678,Jean\n", "number\n0612345678\n", "number,\"name\"x\n0612345678,Jean\n"}) {
        const auto read_all = read(text);
        ASSERT_FALSE(read_all) << text;
        EXPECT_THAT(read_all.error().what, HasSubstr("number,name"));
        EXPECT_THAT(found_, IsEmpty());
    }
}

}  // namespace
}  // namespace callboard

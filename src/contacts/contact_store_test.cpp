#include "contacts/contact_store.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "contacts/contact_import.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Contact kJean{"0033612345678", "Jean Dupont"}, kHelene{"0033698765432", "Hélène Dupré"},
    kOther{"0033611111111", "ACME"};

template <typename T>
T must(Result<T> result) {
    EXPECT_TRUE(result) << result.error().what;
    return *std::move(result);
}

class Contacts : public testing::Test {
  protected:
    void put(std::string_view account, std::vector<Contact> contacts) {
        ASSERT_TRUE(store_->put(account, contacts));
    }
    std::string name(std::string_view account, std::string_view number) {
        return must(store_->name_of(account, number)).value_or("nobody");
    }
    std::vector<Contact> find(std::string_view text, std::string_view account = "office") {
        return must(store_->find(account, text, {}, 100));
    }
    /// As a directory told it, for an hour.
    void keep(std::string_view account, const Contact& contact) {
        ASSERT_TRUE(store_->keep_looked_up(account, contact, now_ + std::chrono::hours(1)));
    }
    bool due(std::string_view account, std::string_view number) {
        return must(store_->is_to_be_looked_up(account, number, now_));
    }
    /// What is on the disk, with the log.
    std::string bytes() const {
        std::string all;
        for (const char* suffix : {"", "-wal"}) {
            std::ifstream in(file_.string() + suffix, std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), {});
        }
        return all;
    }

    const test::TemporaryDirectory directory_;
    const std::filesystem::path file_ = directory_.path() / "contacts.db";
    std::unique_ptr<ContactStore> store_ = must(ContactStore::open(file_));
    Time now_ = ManualClock().now();
};

TEST_F(Contacts, AreTheirOwnersAlone) {
    put("office", {kJean});
    for (const char* suffix : {"", "-wal", "-shm"})
        EXPECT_EQ(std::filesystem::status(file_.string() + suffix).permissions(),
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
            << suffix;
}

TEST_F(Contacts, AreOfTheirAccountOrOfAll) {
    EXPECT_TRUE(must(store_->is_empty("office")));
    put("office", {kJean});
    EXPECT_FALSE(must(store_->is_empty("office")));
    EXPECT_TRUE(must(store_->is_empty("shop")));
    EXPECT_EQ(name("office", kJean.number), "Jean Dupont");
    EXPECT_EQ(name("shop", kJean.number), "nobody");
    put("", {{kJean.number, "J. Dupont"}, kOther});
    EXPECT_FALSE(must(store_->is_empty("shop")));
    EXPECT_EQ(name("office", kJean.number), "Jean Dupont") << "its own first";
    EXPECT_EQ(name("shop", kJean.number), "J. Dupont");
    EXPECT_EQ(name("office", "0033600000000"), "nobody");
    EXPECT_THAT(find(""), ElementsAre(kOther, kJean));
    EXPECT_THAT(find("j. dup"), IsEmpty()) << "that name is not the one which is shown";
    EXPECT_THAT(find("j. dup", "shop"), SizeIs(1));
}

TEST_F(Contacts, ALaterNameTakesThePlaceOfAnEarlierOne) {
    put("office", {kJean, {kJean.number, "Jean Martin"}});
    EXPECT_EQ(name("office", kJean.number), "Jean Martin");
    EXPECT_THAT(find("dupont"), IsEmpty());
}

TEST_F(Contacts, AreFoundByNameAndNumber) {
    put("office", {kJean, kHelene, kOther});
    EXPECT_THAT(find("dup"), ElementsAre(kJean, kHelene));
    EXPECT_THAT(find("HELENE"), ElementsAre(kHelene));
    EXPECT_THAT(find("06 98 76"), ElementsAre(kHelene));
    EXPECT_THAT(find("+33 6 12 34 56 78"), ElementsAre(kJean));
    EXPECT_THAT(find("nobody"), IsEmpty());
    EXPECT_THAT(find("%"), IsEmpty()) << "no pattern";
    EXPECT_THAT(must(store_->find("office", "", {}, 2)), ElementsAre(kOther, kJean));
    EXPECT_THAT(must(store_->find("office", "", kJean.number, 2)), ElementsAre(kHelene));
}

TEST_F(Contacts, AnotherProcessIsSeenAtOnce) {
    const auto other = must(ContactStore::open(file_));
    put("", {kJean});
    EXPECT_EQ(must(other->name_of("office", kJean.number)).value_or(""), "Jean Dupont");
    EXPECT_EQ(must(other->clear(std::nullopt)), 1U);
    EXPECT_EQ(name("office", kJean.number), "nobody");
}

TEST_F(Contacts, NothingIsLeftOfWhatIsForgotten) {
    put("office", {kJean, kOther});
    put("", {kJean, kHelene});
    EXPECT_THAT(bytes(), HasSubstr("Jean Dupont"));
    EXPECT_EQ(must(store_->erase(kJean.number)), 2U);
    EXPECT_THAT(bytes(),
                testing::Not(testing::AnyOf(HasSubstr("Jean"), HasSubstr("jean"), HasSubstr(kJean.number))));
    EXPECT_EQ(must(store_->erase(kJean.number)), 0U);
    EXPECT_EQ(must(store_->clear("")), 1U) << "the shared ones alone";
    EXPECT_THAT(must(store_->page("office", {}, 10)), ElementsAre(kOther));
    EXPECT_EQ(must(store_->clear(std::nullopt)), 1U);
    EXPECT_THAT(bytes(), testing::Not(HasSubstr("ACME")));
}

TEST_F(Contacts, WhatWasLookedUpIsShownWhereNobodyIsKnown) {
    keep("office", kJean);
    EXPECT_EQ(name("office", kJean.number), "Jean Dupont");
    EXPECT_EQ(name("shop", kJean.number), "nobody") << "another account has not asked";
    EXPECT_FALSE(must(store_->is_empty("office")));
    EXPECT_THAT(find("jean"), ElementsAre(kJean));
    EXPECT_THAT(find("jean", "shop"), IsEmpty());
    EXPECT_THAT(must(store_->page("office", {}, 10)), IsEmpty()) << "it was not imported";
    put("", {{kJean.number, "J. Dupont"}});
    EXPECT_EQ(name("office", kJean.number), "J. Dupont") << "what was imported goes first";
    EXPECT_THAT(find("jean"), IsEmpty());
}

TEST_F(Contacts, IsLookedUpOnceWhileItHolds) {
    EXPECT_TRUE(due("office", kJean.number));
    keep("office", kJean);
    keep("office", {kOther.number, ""});
    EXPECT_FALSE(due("office", kJean.number));
    EXPECT_FALSE(due("office", kOther.number)) << "nobody is known to have it";
    EXPECT_EQ(name("office", kOther.number), "nobody");
    EXPECT_TRUE(due("shop", kJean.number));
    put("", {kHelene});
    EXPECT_FALSE(due("office", kHelene.number)) << "she is known";
    now_ += std::chrono::hours(1);
    EXPECT_TRUE(due("office", kJean.number));
    EXPECT_EQ(name("office", kJean.number), "Jean Dupont") << "until it is forgotten or asked anew";
    ASSERT_TRUE(store_->forget_looked_up(now_));
    EXPECT_EQ(name("office", kJean.number), "nobody");
}

TEST_F(Contacts, NothingIsLeftOfWhatWasLookedUp) {
    keep("office", kJean);
    keep("office", kHelene);
    keep("shop", kHelene);
    EXPECT_EQ(must(store_->erase(kJean.number)), 1U);
    EXPECT_THAT(bytes(), testing::Not(testing::AnyOf(HasSubstr("Jean"), HasSubstr(kJean.number))));
    EXPECT_EQ(must(store_->clear("office")), 1U);
    EXPECT_EQ(name("office", kHelene.number), "nobody");
    EXPECT_EQ(name("shop", kHelene.number), kHelene.name);
}

TEST_F(Contacts, KeepsTheLatestOfMany) {
    for (const Contact& one : {kHelene, kJean, kOther}) {
        now_ += std::chrono::seconds(1);
        keep("", one);
    }
    ASSERT_TRUE(store_->forget_looked_up(now_, 2));
    EXPECT_THAT(find(""), ElementsAre(kOther, kJean));
}

TEST_F(Contacts, ADamagedFileStopsNobody) {
    store_.reset();
    std::filesystem::remove(file_.string() + "-wal");
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << std::string(8'192, 'x');
    store_ = must(ContactStore::open(file_));
    EXPECT_TRUE(must(store_->is_empty("office")));
    EXPECT_TRUE(std::filesystem::exists(file_.string() + ContactStore::kSetAside));
}

TEST_F(Contacts, AForeignOrNewerFileIsLeftAlone) {
    store_.reset();
    {
        auto connection = must(sqlite::Connection::open(file_.string(), false));
        ASSERT_TRUE(connection.run("PRAGMA user_version=2"));
    }
    const auto newer = ContactStore::open(file_);
    ASSERT_FALSE(newer);
    EXPECT_THAT(newer.error().what, HasSubstr("newer callboard"));
    {
        auto connection = must(sqlite::Connection::open(file_.string(), false));
        ASSERT_TRUE(connection.run("PRAGMA application_id=7"));
    }
    const auto foreign = ContactStore::open(file_);
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().what, HasSubstr("no contacts of callboard"));
}

TEST_F(Contacts, AnImportCountsWhatItTookAndWhatNot) {
    ContactImport import(*store_, "office", "FR");
    std::string csv = "number,name\n";
    const std::size_t rows = 2 * ContactImport::kBatch + 1;
    for (std::size_t i = 0; i < rows; ++i) csv += fmt::format("06{:08},Caller {}\n", i, i);
    for (std::size_t i = 0; i < 2 * ImportReport::kMostShown; ++i) csv += "x,y\n";
    ASSERT_TRUE(import.feed(csv));
    EXPECT_GE(import.report().imported, ContactImport::kBatch) << "told while it goes on";
    ASSERT_TRUE(import.finish());
    EXPECT_EQ(import.report().imported, rows);
    EXPECT_EQ(import.report().refused, 2 * ImportReport::kMostShown);
    ASSERT_THAT(import.report().refusals, SizeIs(ImportReport::kMostShown));
    EXPECT_EQ(import.report().refusals.front().line, rows + 2);
    EXPECT_EQ(name("office", "0033600000007"), "Caller 7");
}

TEST_F(Contacts, AnImportWithoutItsColumnsChangesNothing) {
    ContactImport import(*store_, "office", "FR");
    ASSERT_TRUE(import.feed("0612345678,Jean\n"));
    const auto finished = import.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().kind, Error::Kind::invalid);
    EXPECT_TRUE(must(store_->is_empty("office")));
}

}  // namespace
}  // namespace callboard

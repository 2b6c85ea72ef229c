#include "api/token_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace callboard {
namespace {

class TokenWriterTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "callboard-writer-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        store_ = *TokenStore::open(folder_ / "tokens.db", Secret(std::string(32, 'k')), clock_);
        thread_ = std::thread([this] { reactor_.run(); });
    }
    void TearDown() override {
        reactor_.stop();
        thread_.join();
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    template <typename T>
    static T outcome(std::promise<T>& promise) {
        auto future = promise.get_future();
        EXPECT_EQ(future.wait_for(std::chrono::seconds(20)), std::future_status::ready);
        return future.get();
    }

    const SystemClock clock_{};
    std::filesystem::path folder_;
    std::unique_ptr<TokenStore> store_;
    Reactor reactor_{clock_};
    std::thread thread_;
};

TEST_F(TokenWriterTest, AnswersOnTheReactorWhenTheTokenIsInForce) {
    TokenWriter writer(*store_);
    std::promise<std::pair<std::thread::id, std::string>> made;
    ASSERT_TRUE(writer.create({"ba"}, {}, reactor_, [&made](const Result<Token>& token) {
        made.set_value({std::this_thread::get_id(), token ? token->text : ""});
    }));
    const auto [thread, text] = outcome(made);
    EXPECT_EQ(thread, thread_.get_id());
    EXPECT_TRUE(store_->find(text, clock_.now()));

    for (const bool there : {true, false}) {
        std::promise<bool> ended;
        ASSERT_TRUE(writer.revoke({"ba"}, reactor_, [&ended](const Result<bool>& revoked) {
            ended.set_value(revoked && *revoked);
        }));
        EXPECT_EQ(outcome(ended), there);
        EXPECT_FALSE(store_->find(text, clock_.now()));
    }
}

TEST_F(TokenWriterTest, TellsWhatWentWrong) {
    TokenWriter writer(*store_);
    std::promise<bool> made;
    ASSERT_TRUE(writer.create({""}, {}, reactor_,
                              [&made](const Result<Token>& token) { made.set_value(token.has_value()); }));
    EXPECT_FALSE(outcome(made));
}

TEST_F(TokenWriterTest, TheLastOfManyStays) {
    TokenWriter writer(*store_);
    std::promise<void> last;
    std::vector<std::string> texts;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(writer.create({"ba"}, {}, reactor_, [&](const Result<Token>& token) {
            texts.push_back(token->text);
            if (texts.size() == 20) last.set_value();
        }));
    auto done = last.get_future();
    ASSERT_EQ(done.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    EXPECT_EQ(store_->list().size(), 1U);
    EXPECT_EQ(store_->of_place("ba", "")->text, texts.back());
}

TEST_F(TokenWriterTest, RefusesWhenTooManyWait) {
    TokenWriter writer(*store_);
    std::size_t taken = 0;
    while (taken < 10 * TokenWriter::kMostWaiting &&
           writer.revoke({"ba"}, reactor_, [](const Result<bool>&) {}))
        ++taken;
    // A revocation of nothing is quick: what is refused depends on the machine, not that it ends.
    EXPECT_GE(taken, TokenWriter::kMostWaiting);
}

TEST_F(TokenWriterTest, EndsWithWorkLeft) {
    auto writer = std::make_unique<TokenWriter>(*store_);
    for (int i = 0; i < 100; ++i) writer->create({"ba"}, {}, reactor_, [](const Result<Token>&) {});
    writer.reset();
}

}  // namespace
}  // namespace callboard

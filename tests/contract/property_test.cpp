// Whatever clients, lines and the server do: what a reader has read from a cursor on is what was told after
// it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <utility>

#include "tests/contract/readers.hpp"
#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

enum class Deed { tell_little, tell_much, read, resume_here, resume_earlier, restart };

const std::vector<Deed> kDeeds = {Deed::tell_little, Deed::tell_little,    Deed::tell_much,
                                  Deed::read,        Deed::read,           Deed::read,
                                  Deed::resume_here, Deed::resume_earlier, Deed::restart};

/// A reader beside what it must have read.
template <typename Reader>
class Walk {
  public:
    Walk() : world_(settings()) {
        cursors_.push_back({world_.seal().seal({world_.hub().epoch(), 0}), 0});
        reader_.emplace(world_, "ALICE", cursors_.back().text);
    }

    void act(Deed deed, unsigned size) {
        switch (deed) {
            case Deed::tell_little:
                return tell(1 + static_cast<int>(size % 4));
            case Deed::tell_much:
                return tell(50 + static_cast<int>(size % 200));
            case Deed::read:
                return read(1);
            case Deed::resume_here:
                return resume(cursors_.back());
            case Deed::resume_earlier:
                if (Reader::kServerKeepsPlace) return resume(cursors_.back());
                return resume(cursors_[size % cursors_.size()]);
            case Deed::restart:
                world_.stop();
                take(reader_->leave());
                world_.start();
                return resume(cursors_.back());
        }
    }

    void read_all() {
        while (place_ < alice_.size()) read(1);
    }

  private:
    static World::Settings settings() {
        World::Settings settings{.tail = 64, .most_backlog = 16 << 10};
        // Who has stopped reading says no goodbye, and a restart waits for that.
        settings.web_socket.close_within = std::chrono::milliseconds(100);
        return settings;
    }

    struct Cursor {
        std::string text;
        std::size_t place;  ///< how many of alice_ come before it
    };

    void tell(int count) {
        const bool for_alice = world_.told() % 3 != 0;
        world_.tell(for_alice ? World::kAlice : World::kBob, count);
        if (for_alice)
            for (auto& call : calls(world_.told() - count + 1, world_.told())) alice_.push_back(call);
    }

    void read(std::size_t least) {
        if (place_ == alice_.size()) return;
        const auto batch = read_calls(*reader_, least);
        RC_ASSERT(batch.message.empty());
        RC_ASSERT(batch.calls.size() >= least);
        take(batch);
    }

    void take(const Batch& batch) {
        if (batch.calls.empty()) return;
        if (std::exchange(may_repeat_, false)) {
            // From anywhere on that it had already come by; never from further on.
            const auto first = std::find(alice_.begin(), alice_.end(), batch.calls.front());
            RC_ASSERT(first - alice_.begin() <= static_cast<long>(place_));
            place_ = static_cast<std::size_t>(first - alice_.begin());
        }
        RC_ASSERT(place_ + batch.calls.size() <= alice_.size());
        RC_ASSERT(
            std::equal(batch.calls.begin(), batch.calls.end(), alice_.begin() + static_cast<long>(place_)));
        place_ += batch.calls.size();
        cursors_.push_back({reader_->cursor(), place_});
    }

    void resume(Cursor from) {
        take(reader_->leave());
        if (Reader::kServerKeepsPlace) from = {reader_->cursor(), place_};
        reader_.emplace(world_, "ALICE", from.text);
        place_ = from.place;
        may_repeat_ = Reader::kMayRepeat;
        cursors_.push_back(from);
    }

    World world_;
    std::optional<Reader> reader_;
    std::vector<std::string> alice_;  // all that was told of her line
    std::size_t place_ = 0;           // of the reader in it
    bool may_repeat_ = false;         // its connection was lost
    std::vector<Cursor> cursors_;
};

template <typename Reader>
class AnyWalk : public ::testing::Test {};
using Transports = ::testing::Types<PollingReader, StreamReader, SessionPollReader, WebSocketReader,
                                    CompressedWebSocketReader>;
TYPED_TEST_SUITE(AnyWalk, Transports);

TYPED_TEST(AnyWalk, ReadsEverythingOnce) {
    rc::detail::TestParams params;
    params.maxSuccess = 25;
    params.maxSize = 60;
    const auto result = rc::detail::checkTestable(
        [] {
            Walk<TypeParam> walk;
            const auto deeds = *rc::gen::container<std::vector<std::pair<Deed, unsigned>>>(
                rc::gen::pair(rc::gen::elementOf(kDeeds), rc::gen::inRange(0U, 1'000U)));
            for (const auto& [deed, size] : deeds) walk.act(deed, size);
            walk.read_all();
        },
        rc::detail::TestMetadata{}, params);
    std::ostringstream said;
    rc::detail::printResultMessage(result, said);
    EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << said.str();
}

}  // namespace
}  // namespace callboard::test

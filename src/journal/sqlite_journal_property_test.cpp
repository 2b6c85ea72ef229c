// Any walk of appends, reads, retirements and reopenings, against a plain vector.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <algorithm>
#include <cstdlib>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using Sync = SqliteJournal::Sync;

/// What a journal has to be.
struct Model {
    struct Group {
        Sequence first = 0;
        std::size_t count = 0;
    };
    std::vector<Record> kept;
    std::vector<Group> groups;  // those kept
    Sequence next = 1;

    Sequence first() const { return next - kept.size(); }
};

struct Subject {
    test::Place place;
    std::unique_ptr<SqliteJournal> journal = std::move(*place.open());
};

using Command = rc::state::Command<Model, Subject>;

void same_ends(const Model& model, const Subject& subject) {
    RC_ASSERT(subject.journal->last() == model.next - 1);
    RC_ASSERT(subject.journal->first() == model.first());
}

std::vector<Record> group_of(const Model& model, std::size_t count) {
    return test::records(model.next, count, count == 1 ? 3'000 : 10);
}

struct Append final : Command {
    std::size_t count = *rc::gen::inRange<std::size_t>(1, 12);

    void apply(Model& model) const override {
        model.groups.push_back({model.next, count});
        for (Record& record : group_of(model, count)) {
            record.sequence = model.next++;
            model.kept.push_back(std::move(record));
        }
    }
    void run(const Model& before, Subject& subject) const override {
        auto group = group_of(before, count);
        const auto appended = subject.journal->append(group);
        RC_ASSERT(appended.has_value());
        RC_ASSERT(*appended == before.next + count - 1);
        Model after = before;
        apply(after);
        same_ends(after, subject);
    }
    void show(std::ostream& out) const override { out << "append " << count; }
};

struct Read final : Command {
    Sequence back = *rc::gen::inRange<Sequence>(0, 80);
    std::size_t limit = *rc::gen::inRange<std::size_t>(0, 40);

    void run(const Model& model, Subject& subject) const override {
        const Sequence after = model.next - std::min(model.next, back);
        const auto read = test::read_all(*subject.journal, after, limit);
        RC_ASSERT(read.has_value());
        std::vector<Record> wanted;
        for (const Record& record : model.kept)
            if (record.sequence > after && wanted.size() < limit) wanted.push_back(record);
        RC_ASSERT(*read == wanted);
    }
    void show(std::ostream& out) const override { out << "read " << limit << " from " << back << " back"; }
};

struct FindTime final : Command {
    std::int64_t second = *rc::gen::inRange<std::int64_t>(-2, 300);

    void run(const Model& model, Subject& subject) const override {
        const Time time = test::record(0).timestamp + std::chrono::milliseconds(second * 1'000 - 1);
        const auto found = std::find_if(model.kept.begin(), model.kept.end(),
                                        [time](const Record& record) { return record.timestamp >= time; });
        RC_ASSERT(subject.journal->first_at(time) ==
                  (found == model.kept.end() ? model.next : found->sequence));
    }
    void show(std::ostream& out) const override { out << "first at second " << second; }
};

struct Retire final : Command {
    std::size_t keep = *rc::gen::inRange<std::size_t>(0, 60);  ///< newest records that are young enough

    /// The hub asks for what is older than the oldest that is to be kept.
    Time limit(const Model& model) const {
        if (keep == 0 || model.kept.empty()) return Time::max();
        return model.kept[model.kept.size() - std::min(keep, model.kept.size())].timestamp;
    }
    bool is_old(const Model& model, const Model::Group& group) const {
        const Record& newest = model.kept[group.first - model.first() + group.count - 1];
        return newest.timestamp < limit(model);
    }
    void apply(Model& model) const override {
        std::size_t groups = 0, count = 0;
        while (groups < SqliteJournal::kMostRetired && groups < model.groups.size() &&
               is_old(model, model.groups[groups]))
            count += model.groups[groups++].count;
        model.groups.erase(model.groups.begin(), model.groups.begin() + static_cast<std::ptrdiff_t>(groups));
        model.kept.erase(model.kept.begin(), model.kept.begin() + static_cast<std::ptrdiff_t>(count));
    }
    void run(const Model& before, Subject& subject) const override {
        Model after = before;
        apply(after);
        const auto more = subject.journal->retire(limit(before));
        RC_ASSERT(more.has_value());
        const bool left =
            before.groups.size() - after.groups.size() == SqliteJournal::kMostRetired &&
            !after.groups.empty() &&
            before.kept[after.groups.front().first - before.first() + after.groups.front().count - 1]
                    .timestamp < limit(before);
        RC_ASSERT(*more == left);
        same_ends(after, subject);
    }
    void show(std::ostream& out) const override { out << "retire but " << keep; }
};

struct Reopen final : Command {
    Sync sync = *rc::gen::element(Sync::always, Sync::interval);

    void run(const Model& model, Subject& subject) const override {
        const std::uint64_t epoch = subject.journal->epoch();
        subject.journal.reset();
        auto opened = subject.place.open(sync);
        RC_ASSERT(opened.has_value());
        subject.journal = std::move(*opened);
        RC_ASSERT(subject.journal->epoch() == epoch);
        same_ends(model, subject);
    }
    void show(std::ostream& out) const override { out << "reopen"; }
};

/// Temporary directories are made in memory: hundreds of reopenings would wait for the disk.
void use_memory() {
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 1);
}

TEST(JournalProperty, IsAVectorThatForgetsItsBeginning) {
    use_memory();
    EXPECT_TRUE(rc::check([] {
        Subject subject;
        rc::state::check(Model{}, subject,
                         rc::state::gen::execOneOfWithArgs<Append, Append, Append, Read, Read, FindTime,
                                                           Retire, Reopen>());
        RC_ASSERT(subject.place.damaged_batches() == 0U);
    }));
    unsetenv("TMPDIR");
}

}  // namespace
}  // namespace callboard

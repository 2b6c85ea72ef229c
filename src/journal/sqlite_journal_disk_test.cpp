// What the disk does to a journal: full, read-only, not ours, damaged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using test::Place;
using test::read_all;
using test::records;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Gives up root's power over every file while it lives.
class WithoutRoot {
  public:
    WithoutRoot() : was_(geteuid()) {
        if (was_ == 0 && seteuid(65'534) != 0) ADD_FAILURE() << "cannot become nobody";
    }
    ~WithoutRoot() {
        if (seteuid(was_) != 0) ADD_FAILURE() << "cannot become root again";
    }
    WithoutRoot(const WithoutRoot&) = delete;
    WithoutRoot& operator=(const WithoutRoot&) = delete;

  private:
    uid_t was_;
};

/// No file of this process may grow beyond `bytes` while it lives: a full disk for everyone.
class SmallFiles {
  public:
    explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &was_);
        const rlimit small{bytes, was_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFiles() {
        setrlimit(RLIMIT_FSIZE, &was_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

  private:
    void (*handler_)(int);
    rlimit was_{};
};

/// A disk of its own over a folder, of a size that can be changed. Only root may.
class SmallDisk {
  public:
    SmallDisk(std::string folder, const char* size) : folder_(std::move(folder)) {
        mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, size) == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted() const { return mounted_; }
    void change(const char* size, unsigned long flags = 0) {
        EXPECT_EQ(mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | flags, size), 0);
    }

  private:
    std::string folder_;
    bool mounted_;
};

TEST(JournalOnABadDisk, SaysThatTheFolderIsMissing) {
    ManualClock clock;
    Metrics metrics;
    const auto opened = SqliteJournal::open({"/nonexistent/folder/journal.db"}, clock, metrics);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, AllOf(HasSubstr("/nonexistent/folder"), HasSubstr("data_dir")));
}

TEST(JournalOnABadDisk, SaysThatTheFolderIsNotWritable) {
    Place place;
    ASSERT_EQ(chmod(place.directory.path().c_str(), 0555), 0);
    const WithoutRoot without;
    const auto opened = place.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(opened.error().what,
                AllOf(HasSubstr(place.directory.path().string()), HasSubstr("make data_dir writable")));
}

TEST(JournalOnABadDisk, SaysThatTheFileIsNotWritable) {
    Place place;
    ASSERT_TRUE(place.open());
    ASSERT_EQ(chmod(place.directory.path().c_str(), 0777), 0);
    ASSERT_EQ(chmod((place.file().string() + ".lock").c_str(), 0666), 0);
    for (const mode_t mode : {0400U, 0444U}) {
        ASSERT_EQ(chmod(place.file().c_str(), mode), 0);
        const WithoutRoot without;
        const auto opened = place.open();
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().kind, Error::Kind::unavailable);
        EXPECT_THAT(opened.error().what,
                    AllOf(HasSubstr(place.file().string()), HasSubstr("belongs to callboard's user")));
    }
}

/// Appends until it fails, then until it works again after `make_room`; nothing told is lost or comes twice.
void fills_and_recovers(Place& place, SqliteJournal& journal, const std::function<void()>& make_room) {
    Sequence told = 0;
    Result<Sequence> appended = Sequence{0};
    for (int tries = 0; tries < 1'000; ++tries) {
        auto group = records(told + 1, 3, 20'000);
        appended = journal.append(group);
        if (!appended) break;
        told = *appended;
    }
    ASSERT_FALSE(appended) << "the disk is not small";
    EXPECT_EQ(appended.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(appended.error().what, HasSubstr(place.file().string()));
    EXPECT_EQ(journal.last(), told);
    EXPECT_EQ(read_all(journal)->size(), told) << "of a group that failed nothing stays";

    auto again = records(told + 1, 3, 20'000);
    EXPECT_FALSE(journal.append(again));
    make_room();
    const auto works = journal.append(again);
    ASSERT_TRUE(works) << works.error().what;
    EXPECT_EQ(*works, told + 3);
    EXPECT_TRUE(journal.sync());
    const auto all = read_all(journal);
    ASSERT_EQ(all->size(), told + 3);
    for (std::size_t i = 0; i < all->size(); ++i) {
        ASSERT_EQ((*all)[i].sequence, i + 1);
        ASSERT_EQ((*all)[i].data, test::record(i + 1, 20'000).data);
    }
}

TEST(JournalOnABadDisk, GoesOnWhenFilesMayGrowAgain) {
    for (const auto sync : {SqliteJournal::Sync::always, SqliteJournal::Sync::interval}) {
        Place place;
        auto journal = std::move(*place.open(sync));
        auto limit = std::make_unique<SmallFiles>(1 << 20);
        fills_and_recovers(place, *journal, [&limit] { limit.reset(); });
        const Sequence last = journal->last();
        journal.reset();
        journal = std::move(*place.open(sync));
        EXPECT_EQ(journal->last(), last);
    }
}

TEST(JournalOnABadDisk, GoesOnWhenAFullDiskHasRoomAgain) {
    Place place;
    SmallDisk disk(place.directory.path().string(), "size=1m");
    if (!disk.mounted()) GTEST_SKIP() << "may not mount a disk";
    {
        auto opened = place.open();
        ASSERT_TRUE(opened) << opened.error().what;
        auto group = records(1, 1, 2 << 20);
        const auto full = (*opened)->append(group);
        ASSERT_FALSE(full);
        EXPECT_THAT(full.error().what, HasSubstr("free space on the disk of data_dir"));
        EXPECT_FALSE((*opened)->append({})) << "trying tells the truth";
        fills_and_recovers(place, **opened, [&disk] { disk.change("size=8m"); });
    }
    EXPECT_TRUE(place.open());
}

TEST(JournalOnABadDisk, IsNotWellWhenThereIsOnlyRoomForLessThanWasRefused) {
    Place place;
    SmallDisk disk(place.directory.path().string(), "size=1m");
    if (!disk.mounted()) GTEST_SKIP() << "may not mount a disk";
    const auto journal = std::move(*place.open());
    auto large = records(1, 1, 2 << 20);
    ASSERT_FALSE(journal->append(large));
    const auto tried = journal->append({});
    ASSERT_FALSE(tried);
    EXPECT_THAT(tried.error().what, HasSubstr("free space on the disk of data_dir"));
    auto small = records(1, 1);
    ASSERT_TRUE(journal->append(small)) << "what there is room for is taken";
    EXPECT_TRUE(journal->append({}));
}

TEST(JournalOnABadDisk, GoesOnWhenADiskIsNoLongerReadOnly) {
    Place place;
    SmallDisk disk(place.directory.path().string(), "size=8m");
    if (!disk.mounted()) GTEST_SKIP() << "may not mount a disk";
    ASSERT_TRUE(place.open());
    disk.change("", MS_RDONLY);
    const auto opened = place.open();
    EXPECT_THAT(opened ? "opened" : opened.error().what, HasSubstr(place.directory.path().string()));
    disk.change("size=8m");
    EXPECT_TRUE(place.open());
}

/// Changes a byte of a closed journal.
void flip(const std::filesystem::path& file, std::uintmax_t at, unsigned mask) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(at));
    const auto was = static_cast<unsigned>(bytes.get());
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(static_cast<char>(was ^ mask));
}

constexpr std::size_t kGroups = 60;
constexpr std::size_t kGroupSize = 4;

/// Groups of a page and more, in a file that is closed.
void fill(Place& place) {
    const auto journal = std::move(*place.open());
    for (std::size_t group = 0; group < kGroups; ++group) {
        auto some = records(1 + group * kGroupSize, kGroupSize, group % 10 == 0 ? 10'000 : 500);
        ASSERT_TRUE(journal->append(some));
    }
}

TEST(DamagedJournal, SkipsTheBatchAndCountsIt) {
    Place place;
    fill(place);
    std::ifstream in(place.file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const auto at = bytes.find(R"({"CallId":"102")");  // the second record of the batch of 101
    ASSERT_NE(at, std::string::npos);
    flip(place.file(), at + 12, 0x01);

    const auto journal = std::move(*place.open());
    const auto read = read_all(*journal);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), kGroups * kGroupSize - kGroupSize);
    for (const Record& one : *read) EXPECT_TRUE(one.sequence < 101 || one.sequence > 104) << one.sequence;
    EXPECT_EQ(place.damaged_batches(), 1U);
    EXPECT_EQ(journal->last(), kGroups * kGroupSize);
    auto more = records(1, 1);
    EXPECT_EQ(*journal->append(more), kGroups * kGroupSize + 1);
}

TEST(DamagedJournal, DoesNotTrustTheCountOfADamagedNewestBatch) {
    Place place;
    fill(place);
    std::ifstream in(place.file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const auto at = bytes.find(R"({"CallId":"240")");
    ASSERT_NE(at, std::string::npos);
    flip(place.file(), at + 12, 0x01);

    const auto journal = std::move(*place.open());
    auto more = records(1, 1);
    const auto appended = journal->append(more);
    EXPECT_EQ(*appended, 237U + kMostBatchRecords);
    EXPECT_THAT(test::sequences(*read_all(*journal, 230)),
                ::testing::ElementsAre(231, 232, 233, 234, 235, 236, 749));
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// The rows of a page are lost with it, and only these, although the tree leads astray there.
TEST(DamagedJournal, APageCostsWhatIsOnIt) {
    Place place;
    fill(place);
    const std::string sound = bytes_of(place.file());
    constexpr std::size_t kPage = SqliteJournal::kPageSize;
    constexpr std::size_t kMostOnAPage = 10 * kGroupSize;
    std::mt19937_64 random(7);
    int served = 0;
    for (std::size_t page = 1; page < sound.size() / kPage; ++page) {
        std::string spoilt = sound;
        // The head of the page and the rows, or rows alone.
        for (std::size_t at = page % 2 == 0 ? 0 : kPage / 4; at < kPage; ++at)
            spoilt[page * kPage + at] = static_cast<char>(random());
        write_bytes(place.file(), spoilt);
        const auto opened = place.open();
        if (!opened) continue;  // the root, or the page that the next batch goes to
        const std::uint64_t before = place.damaged_batches();
        const auto read = read_all(**opened);
        ASSERT_TRUE(read) << "page " << page << ": " << read.error().what;
        EXPECT_GE(read->size() + kMostOnAPage, kGroups * kGroupSize) << "page " << page;
        EXPECT_TRUE(std::is_sorted(read->begin(), read->end(), [](const Record& one, const Record& other) {
            return one.sequence < other.sequence;
        }));
        EXPECT_EQ(read->size() < kGroups * kGroupSize, place.damaged_batches() > before) << "page " << page;
        ++served;
    }
    EXPECT_GT(served, 10);
}

TEST(DamagedJournal, IsReadAnewWhenTheDiskGivesTheRightBytesAgain) {
    Place place;
    fill(place);
    const std::string sound = bytes_of(place.file());
    std::string spoilt = sound;
    const auto at = sound.find(R"({"CallId":"102")");
    ASSERT_NE(at, std::string::npos);
    spoilt[at + 12] ^= 1;
    write_bytes(place.file(), spoilt);
    const auto journal = std::move(*place.open());
    EXPECT_LT(read_all(*journal)->size(), kGroups * kGroupSize);
    write_bytes(place.file(), sound);
    EXPECT_EQ(read_all(*journal)->size(), kGroups * kGroupSize);
}

/// Where the next page of a new batch comes from: the list of free pages, which the head of the file points
/// at.
TEST(DamagedJournal, TakesEventsAgainWhenTheDiskGivesTheRightBytesAgain) {
    Place place;
    fill(place);
    {
        const auto journal = std::move(*place.open());
        while (*journal->retire(test::record(kGroups * kGroupSize / 2).timestamp)) {
        }
    }
    const std::string sound = bytes_of(place.file());
    const auto byte = [&sound](std::size_t at) { return std::size_t{static_cast<unsigned char>(sound[at])}; };
    const std::size_t list = byte(32) << 24 | byte(33) << 16 | byte(34) << 8 | byte(35);
    ASSERT_GT(list, 0U) << "no page is free";
    std::string spoilt = sound;
    for (std::size_t i = 0; i < 64; ++i) spoilt[(list - 1) * SqliteJournal::kPageSize + i] = '\xFF';
    write_bytes(place.file(), spoilt);
    const auto journal = std::move(*place.open());
    const Sequence last = journal->last();
    auto group = records(last + 1, 1, 100'000);
    const auto refused = journal->append(group);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::corrupt);
    write_bytes(place.file(), sound);
    const auto works = journal->append(group);
    ASSERT_TRUE(works) << works.error().what;
    EXPECT_EQ(*works, last + 1);
}

/// The promise that counts: bytes may be anything, what is delivered is what was appended, in order; and when
/// something in the middle is not, that shows.
TEST(DamagedJournal, NeverDeliversWhatWasNotAppended) {
    Place place;
    fill(place);
    const auto sound = place.directory.path() / "sound.db";
    std::filesystem::copy_file(place.file(), sound);
    const auto size = std::filesystem::file_size(sound);
    std::mt19937_64 random(1);
    int refused = 0, unreadable = 0, skipped = 0;
    for (int round = 0; round < 250; ++round) {
        std::filesystem::copy_file(sound, place.file(), std::filesystem::copy_options::overwrite_existing);
        // Every second damage hits the first bytes of a page, where the tree is; some hit those by which a
        // database is known.
        constexpr std::uintmax_t kPage = SqliteJournal::kPageSize;
        for (std::uint64_t flips = 0; flips < 1 + random() % 3; ++flips) {
            std::uintmax_t at = random() % size;
            if (round % 2 == 1) at = at / kPage * kPage + random() % 200;
            if (round % 50 == 0) at %= 16;
            flip(place.file(), at, 1U << random() % 8);
        }
        const std::uint64_t before = place.damaged_batches();
        const auto opened = place.open();
        if (!opened) {
            EXPECT_FALSE(opened.error().what.empty());
            ++refused;
            continue;
        }
        Sequence last = 0;
        bool gap = false;
        const auto reached = (*opened)->read(0, 1'000'000, [&](const Record& one) {
            EXPECT_GT(one.sequence, last) << "round " << round;
            gap = gap || (last != 0 && one.sequence != last + 1);
            last = one.sequence;
            Record wanted =
                test::record(one.sequence, (one.sequence - 1) / kGroupSize % 10 == 0 ? 10'000 : 500);
            wanted.sequence = one.sequence;
            EXPECT_EQ(one, wanted) << "round " << round;
            return !::testing::Test::HasFailure();
        });
        if (!reached) ++unreadable;
        const bool counted = place.damaged_batches() > before;
        if (counted) ++skipped;
        EXPECT_TRUE(!gap || counted || !reached) << "round " << round << ": a silent gap";
        ASSERT_FALSE(::testing::Test::HasFailure());
    }
    EXPECT_GT(refused, 0);
    EXPECT_GT(skipped, 0);
    EXPECT_LT(refused + unreadable, 125) << "most damage leaves the rest readable";
}

}  // namespace
}  // namespace callboard

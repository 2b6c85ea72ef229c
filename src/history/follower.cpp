#include "history/follower.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <utility>

#include "base/precedence.hpp"
#include "event/json.hpp"

namespace callboard {
namespace {

constexpr Duration kIdle = std::chrono::seconds(1);
constexpr Duration kRetirementPause = std::chrono::milliseconds(50);  // between two steps
constexpr std::size_t kLastPages = 10;                                // read after stop() was asked for
constexpr Duration kLastPatience = std::chrono::seconds(3);  // with a store that is slow to take them

}  // namespace

Result<std::unique_ptr<HistoryFollower>> HistoryFollower::start(Hub& hub, HistoryStore& store,
                                                                const Clock& clock, Metrics& metrics,
                                                                Settings settings) {
    auto writer = store.writer();
    if (!writer) return writer.error();
    std::unique_ptr<HistoryFollower> follower(
        new HistoryFollower(hub, *std::move(writer), clock, metrics, std::move(settings)));  // NOLINT
    if (auto begun = follower->begin(); !begun) {
        if (begun.error().kind != Error::Kind::unavailable) return begun.error();
        follower->complain(begun.error().what);
    }
    hub.add(*follower);
    follower->thread_ = std::thread([raw = follower.get()] { raw->run(); });
    return follower;
}

HistoryFollower::HistoryFollower(Hub& hub, std::unique_ptr<HistoryWriter> writer, const Clock& clock,
                                 Metrics& metrics, Settings settings)
    : hub_(hub),
      writer_(std::move(writer)),
      clock_(clock),
      settings_(std::move(settings)),
      numbering_(settings_.region),
      rows_(metrics.counter("callboard_history_rows_total", "Rows written to the history, new or changed.")),
      sequence_(metrics.gauge("callboard_history_sequence", "Number of the newest event in the history.")) {}

HistoryFollower::~HistoryFollower() { stop(); }

void HistoryFollower::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopping_, true)) return;
    }
    work_.notify_all();
    if (thread_.joinable()) {
        std::unique_lock lock(mutex_);
        if (!progress_.wait_for(lock, kLastPatience, [this] { return ended_; })) writer_->interrupt();
        lock.unlock();
        thread_.join();
    }
    hub_.remove(*this);
}

void HistoryFollower::on_announced(Sequence) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(announced_, true)) return;
    }
    work_.notify_one();
}

bool HistoryFollower::reached(Sequence sequence, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    ++asked_;
    work_.notify_one();
    const bool reached = progress_.wait_for(lock, patience, [&] { return written_ >= sequence; });
    --asked_;
    return reached;
}

/// Learns what the store has.
Result<void> HistoryFollower::begin() {
    const auto place = writer_->place();
    if (!place) return place.error();
    auto unfinished = writer_->unfinished();
    if (!unfinished) return unfinished.error();
    place_ = *place;
    fold_ = HistoryFold(*std::move(unfinished));
    find_place();
    begun_ = true;
    return {};
}

/// Says what the history will not have.
void HistoryFollower::find_place() {
    const std::uint64_t epoch = hub_.epoch();
    const bool is_new = place_.epoch == 0;
    if (!is_new && place_.epoch != epoch) {
        spdlog::warn(
            "history: the journal is another one than before: calls that were in progress end as "
            "unknown, and the history goes on with what this journal has");
        fold_.forget_open();
        place_.sequence = 0;
    }
    place_.epoch = epoch;
    const Sequence last = hub_.last();
    if (place_.sequence > last) {
        spdlog::warn(
            "history: the journal ends at event {}, before event {} that the history has seen: an "
            "older copy was put in its place; it goes on from there",
            last, place_.sequence);
        fold_.forget_open();
        place_.sequence = last;
    }
    if (const Sequence first = hub_.first(); place_.sequence + 1 < first && first <= last) {
        if (!is_new && place_.sequence > 0) {
            spdlog::warn("history: events {} to {} left the journal before the history had read them",
                         place_.sequence + 1, first - 1);
            fold_.forget_open();
        }
        place_.sequence = first - 1;
    }
    unwritten_ = fold_.take_changed();
    const std::lock_guard lock(mutex_);
    written_ = place_.sequence;
}

void HistoryFollower::run() {
    give_way();
    for (std::size_t last_pages = 0; last_pages < kLastPages;) {
        const auto more = take_page();
        if (!more) complain(more.error().what);
        std::unique_lock lock(mutex_);
        if (last_pages > 0 && !(more && *more)) break;
        if (stopping_ && !more) break;
        if (stopping_) ++last_pages;
        if (last_pages > 0 || (more && *more)) continue;
        lock.unlock();
        retire_if_due();
        lock.lock();
        // Many small transactions would cost many times what one does.
        work_.wait_for(lock, settings_.rest, [this, &more] { return stopping_ || (more && asked_ > 0); });
        const Duration idle = more ? kIdle : settings_.retry;
        work_.wait_for(lock, idle, [this, &more] { return stopping_ || (more && announced_); });
        announced_ = false;
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    progress_.notify_all();
}

/// Returns whether there is more to read.
Result<bool> HistoryFollower::take_page() {
    if (!begun_)
        if (auto begun = begin(); !begun) return begun.error();
    const Sequence before = place_.sequence;
    if (unwritten_.empty()) {
        const auto page = hub_.read(place_.sequence, settings_.page);
        if (!page) return page.error();
        for (const auto& event : page->events) take(event->record);
        unwritten_ = fold_.take_changed();
        place_.sequence = std::max(page->next, place_.sequence);
    }
    if (unwritten_.empty() && place_.sequence == before && written_ == before) return false;
    if (auto written = writer_->write(unwritten_, place_); !written) return written.error();
    rows_.add(unwritten_.size());
    unwritten_.clear();
    sequence_.set(static_cast<std::int64_t>(place_.sequence));
    {
        const std::lock_guard lock(mutex_);
        written_ = place_.sequence;
    }
    progress_.notify_all();
    return place_.sequence < hub_.last();
}

/// Numbers are kept in one form, so that they are found however they were written.
void HistoryFollower::take(const Record& record) {
    auto event = event_of(record);
    if (!event) {
        if (const auto times = spoken_.hit(clock_.steady()))
            spdlog::warn("history: event {} could not be read back ({} times)", record.sequence, *times);
        return;
    }
    const auto canonical = [this](std::string& number) { number = numbering_.canonical(number); };
    if (auto* line = std::get_if<LineData>(&event->data)) {
        for (std::string* number : {&line->calling, &line->called, &line->dialed}) canonical(*number);
    } else {
        auto& data = std::get<QueueData>(event->data);
        if (std::string calling(data.get("Calling")); !calling.empty()) {
            canonical(calling);
            data.set("Calling", std::move(calling));
        }
    }
    fold_.apply(*event, record.account, record.timestamp);
}

void HistoryFollower::retire_if_due() {
    if (!begun_) return;
    const auto now = clock_.steady();
    if (now < next_retirement_) return;
    const auto more = writer_->retire(clock_.now() - settings_.retention);
    if (!more) complain(more.error().what);
    next_retirement_ = now + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                 more && *more ? kRetirementPause : settings_.retirement_rest);
}

void HistoryFollower::complain(const std::string& what) {
    if (const auto times = spoken_.hit(clock_.steady()))
        spdlog::error("history: {}; it is tried again ({} times)", what, *times);
}

}  // namespace callboard

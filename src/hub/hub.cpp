#include "hub/hub.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "base/precedence.hpp"

namespace callboard {
namespace {

constexpr std::size_t kFoldPage = 10'000;  // records read from the journal at a time when starting
constexpr Duration kIdle = std::chrono::seconds(1);
constexpr Duration kRetirementPause = std::chrono::milliseconds(20);  // between two steps
constexpr Duration kRetirementRest = std::chrono::minutes(1);         // when nothing is left to retire
constexpr Duration kLongestBusy = std::chrono::seconds(10);           // then a step is made although not idle

std::size_t events_of(const auto& submissions) {
    std::size_t count = 0;
    for (const auto& submission : submissions) count += submission.events.size();
    return count;
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Hub::Hub(Journal& journal, const Clock& clock, Metrics& metrics, std::shared_ptr<const Directory> directory,
         TimeZone zone, Settings settings)
    : journal_(journal),
      clock_(clock),
      zone_(std::move(zone)),
      settings_(settings),
      directory_(std::move(directory)),
      tail_(settings.tail, settings.tail_bytes),
      counted_(metrics),
      dropped_(metrics.counter("callboard_events_dropped_total",
                               "Events lost before the journal had them: no room, or too large.")),
      correlated_(metrics.counter("callboard_events_correlated_total",
                                  "Events of a call that another source had told already.")),
      append_seconds_(metrics.histogram("callboard_journal_append_seconds",
                                        "Time to append one group of events to the journal.")),
      sequence_(metrics.gauge("callboard_journal_sequence", "Number of the newest event in the journal.")),
      queue_length_(metrics.gauge("callboard_hub_queue_length", "Events that wait to be appended.")) {}

Hub::~Hub() { stop(); }

Result<void> Hub::start() {
    if (auto folded = fold(); !folded) return folded;
    thread_ = std::thread([this] { run(); });
    sync_thread_ = std::thread([this] { keep_synced(); });
    return {};
}

void Hub::stop() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    room_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    {
        const std::lock_guard lock(sync_mutex_);
        sync_stopping_ = true;
    }
    appended_.notify_all();
    sync_thread_.join();
    sync();
}

/// docs/decisions/fold-starts-yesterday.md
Result<void> Hub::fold() {
    const Time now = clock_.now();
    const Time yesterday = zone_.midnight(zone_.midnight(now) - Duration(1));
    const Sequence last = journal_.last();
    std::uint64_t unreadable = 0;
    const auto take = [&](const Record& record) {
        const auto event = event_of(record);
        if (event)
            apply(state_, *event, record.sequence, record.timestamp, zone_);
        else
            ++unreadable;
        last_timestamp_ = std::max(last_timestamp_, record.timestamp);
        return true;
    };
    for (Sequence at = journal_.first_at(yesterday) - 1; at < last;) {
        const auto reached = journal_.read(at, kFoldPage, take);
        if (!reached) return reached.error();
        if (*reached == at) break;  // damaged up to the end
        at = *reached;
    }
    // Also when nothing is from yesterday or today, numbers and times only rise.
    if (last > 0) {
        const auto newest = journal_.read(last - 1, 1, [this](const Record& record) {
            last_timestamp_ = std::max(last_timestamp_, record.timestamp);
            return true;
        });
        if (!newest) return newest.error();
    }
    if (unreadable > 0) spdlog::warn("hub: {} events of the journal could not be read back", unreadable);
    state_.sequence = last;
    at(state_, now, zone_);
    if (settings_.correlates) correlation_.adopt(state_, now);
    tail_.begin_after(last);
    sequence_.set(static_cast<std::int64_t>(last));
    return {};
}

bool Hub::submit(std::vector<Event> events, Time signalled, Done done, Duration patience,
                 std::string_view source) {
    const std::size_t count = events.size();
    {
        std::unique_lock lock(queue_mutex_);
        const auto fits = [&] { return stopping_ || queued_ + count <= settings_.most_queued; };
        if (!fits() && (patience <= Duration::zero() || !room_.wait_for(lock, patience, fits))) return false;
        if (stopping_) return false;
        queue_.push_back({{std::move(events), signalled, std::move(done), std::string(source)}});
        queued_ += count;
    }
    work_.notify_one();
    return true;
}

bool Hub::publish(std::vector<Submission>& submissions) {
    {
        const std::unique_lock appending(append_mutex_, std::try_to_lock);
        const bool trusted = appending && retry_ == Duration::zero() && clock_.steady() >= distrusted_until_;
        if (trusted && take_alone(submissions)) {
            append_group();
            return true;
        }
    }
    if (!enqueue(submissions)) return false;
    work_.notify_one();
    return true;
}

/// Makes them the group, unless others come first.
bool Hub::take_alone(std::vector<Submission>& submissions) {
    const std::size_t count = events_of(submissions);
    const std::lock_guard lock(queue_mutex_);
    if (stopping_ || !queue_.empty() || count > settings_.group) return false;
    queued_ += count;
    taken_ += count;
    for (Submission& submission : submissions) group_.push_back({std::move(submission)});
    return true;
}

bool Hub::enqueue(std::vector<Submission>& submissions) {
    const std::size_t count = events_of(submissions);
    const std::lock_guard lock(queue_mutex_);
    if (stopping_ || queued_ + count > settings_.most_queued) return false;
    queued_ += count;
    for (Submission& submission : submissions) queue_.push_back({std::move(submission)});
    return true;
}

void Hub::run() {
    be_prompt();
    for (bool go_on = true; go_on;) {
        wait_for_work();
        const std::lock_guard appending(append_mutex_);
        const bool stopping = take_group();
        if (!group_.empty()) append_group();
        housekeeping();
        const std::lock_guard lock(queue_mutex_);
        go_on = !stopping || (retry_ == Duration::zero() && !queue_.empty());
    }
    const std::lock_guard appending(append_mutex_);
    give_up();
}

void Hub::wait_for_work() {
    Duration retry{};
    {
        const std::lock_guard appending(append_mutex_);
        retry = retry_;
    }
    std::unique_lock lock(queue_mutex_);
    if (retry > Duration::zero())
        work_.wait_for(lock, retry, [this] { return stopping_; });
    else
        work_.wait_for(lock, kIdle, [this] { return stopping_ || !queue_.empty(); });
}

/// Adds to the group what came in. Returns whether the hub is to stop.
bool Hub::take_group() {
    const std::lock_guard lock(queue_mutex_);
    while (!queue_.empty() && (group_.empty() || taken_ + queue_.front().events.size() <= settings_.group)) {
        taken_ += queue_.front().events.size();
        group_.push_back(std::move(queue_.front()));
        queue_.pop_front();
        correlate(group_.back());
    }
    queue_length_.set(static_cast<std::int64_t>(queued_));
    return stopping_;
}

/// Once for each submission, when it comes into the group: what is tried again is not looked at again.
void Hub::correlate(Submission& submission) {
    if (submission.source.empty()) return;
    for (Event& event : submission.events) {
        line_sources_.told(event.ressource, submission.source);
        event.source = submission.source;
    }
    if (!settings_.correlates) return;
    const Time now = clock_.now();
    const auto before = correlation_.dropped();
    std::vector<Event> told;
    for (Event& event : submission.events) correlation_.take(submission.source, std::move(event), now, told);
    submission.events = std::move(told);
    correlated_.add(correlation_.dropped() - before);
}

void Hub::append_group() {
    number_group();
    const Steady begun = clock_.steady();
    if (!records_.empty() || (asked() && (!written_ || begun - *written_ >= kKnownFor))) {
        const auto appended = journal_.append(records_);
        if (!appended) return appending_failed(appended.error());
        written_ = clock_.steady();
        if (*written_ - begun > kQuick) distrusted_until_ = *written_ + kDistrust;
        appending_works();
    }
    if (!records_.empty()) {
        append_seconds_.observe(seconds_between(begun, *written_));
        to_be_synced();
        announce_group();
    }
    answer_group();
    group_.clear();
    free_room();
}

/// Whether somebody wants to know how the journal is, by a submission of nothing.
bool Hub::asked() const {
    return std::any_of(group_.begin(), group_.end(),
                       [](const Queued& submission) { return submission.events.empty(); });
}

void Hub::number_group() {
    records_.clear();
    told_.clear();
    const auto known = directory();
    const Time now = clock_.now();
    for (Queued& submission : group_) {
        const std::size_t begin = records_.size();
        bool too_large = false;
        for (const Event& event : submission.events) {
            const Service* service = known->by_number(event.ressource);
            if (service == nullptr) continue;
            // Clocks may stand or go back; times of events only rise.
            last_timestamp_ = std::max(now, last_timestamp_ + Duration(1));
            records_.push_back(record_of(event, *service, last_timestamp_, zone_));
            told_.push_back({&event, submission.signalled});
            too_large = too_large || records_.back().data.size() > settings_.largest_event;
        }
        submission.records = records_.size() - begin;
        if (!too_large) continue;
        records_.resize(begin);
        told_.erase(told_.begin() + static_cast<std::ptrdiff_t>(begin), told_.end());
        refuse_one(submission, {Error::Kind::invalid,
                                "an event is larger than the journal takes: send less in \"data\""});
    }
}

/// Its events never come in; it stays in the group without any.
void Hub::refuse_one(Queued& submission, const Error& error) {
    if (submission.done)
        std::exchange(submission.done, {})(error);
    else
        drop(submission);
    submission.records = 0;
}

void Hub::drop(const Queued& submission) {
    dropped_.add(submission.events.size());
    if (const auto count = drop_spoken_.hit(clock_.steady(), submission.events.size()))
        spdlog::error("hub: {} events were lost before the journal had them", *count);
}

/// State first: what a reader finds announced is in the state already.
void Hub::announce_group() {
    {
        const std::unique_lock lock(state_mutex_);
        for (std::size_t i = 0; i < records_.size(); ++i)
            apply(state_, *told_[i].event, records_[i].sequence, records_[i].timestamp, zone_);
    }
    const auto ours = directory();
    std::vector<Announced> announced;
    announced.reserve(records_.size());
    for (std::size_t i = 0; i < records_.size(); ++i) {
        counted_.count(records_[i].protocol, records_[i].name);
        announced.push_back(
            std::make_shared<const Announcement>(std::move(records_[i]), told_[i].signalled, zone_, ours));
    }
    tail_.append(announced);
    const Sequence last = announced.back()->record.sequence;
    sequence_.set(static_cast<std::int64_t>(last));
    const std::lock_guard lock(listeners_mutex_);
    for (Listener* listener : listeners_) listener->on_announced(last);
}

void Hub::answer_group() {
    Sequence last = tail_.last() - records_.size();  // before this group
    for (Queued& submission : group_) {
        const Sequence first = last + 1;
        last += submission.records;
        if (submission.done) submission.done(submission.records == 0 ? Appended{} : Appended{first, last});
    }
}

/// Those who wait for an answer get the error; the others stay in the group for the next try.
void Hub::appending_failed(const Error& error) {
    retry_ = std::clamp(retry_ * 2, settings_.first_retry, settings_.last_retry);
    {
        const std::lock_guard lock(trouble_mutex_);
        append_trouble_ = error.what;
    }
    if (const auto times = trouble_spoken_.hit(clock_.steady()))
        spdlog::error("hub: the journal takes no events: {} ({} times)", error.what, *times);

    std::vector<Queued> refused;
    const auto move_answered = [&refused](auto& from) {
        const auto waiting =
            std::stable_partition(from.begin(), from.end(), [](const Queued& one) { return !one.done; });
        std::move(waiting, from.end(), std::back_inserter(refused));
        from.erase(waiting, from.end());
    };
    move_answered(group_);
    {
        const std::lock_guard lock(queue_mutex_);
        move_answered(queue_);
    }
    for (const Queued& submission : refused) submission.done(error);
    free_room();
}

void Hub::appending_works() {
    if (retry_ == Duration::zero()) return;
    retry_ = Duration::zero();
    spdlog::info("hub: the journal takes events again");
    const std::lock_guard lock(trouble_mutex_);
    append_trouble_.clear();
}

/// Counts anew what is still to be appended.
void Hub::free_room() {
    {
        const std::lock_guard lock(queue_mutex_);
        if (retry_ > Duration::zero()) {
            taken_ = events_of(group_);
            queued_ = taken_ + events_of(queue_);
        } else {
            queued_ -= std::exchange(taken_, 0);
        }
    }
    room_.notify_all();
}

/// At the end, when the journal takes nothing: everyone who waits is told, the rest is lost.
void Hub::give_up() {
    const std::lock_guard lock(queue_mutex_);
    std::move(queue_.begin(), queue_.end(), std::back_inserter(group_));
    queue_.clear();
    for (Queued& submission : group_)
        refuse_one(submission, {Error::Kind::unavailable, "callboard stops and the journal takes no events"});
    group_.clear();
}

void Hub::housekeeping() {
    if (retry_ > Duration::zero() && group_.empty()) {
        // Nothing of a source waits, so nothing would tell that the journal works again.
        if (const auto tried = journal_.append({}); tried)
            appending_works();
        else
            retry_ = std::min(retry_ * 2, settings_.last_retry);
    }
    retire_if_due(clock_.steady());
}

void Hub::to_be_synced() {
    {
        const std::lock_guard lock(sync_mutex_);
        if (std::exchange(unsynced_, true)) return;
    }
    appended_.notify_one();
}

/// The thread that syncs: an interval after the first event that is not safe yet.
void Hub::keep_synced() {
    std::unique_lock lock(sync_mutex_);
    for (;;) {
        appended_.wait(lock, [this] { return unsynced_ || sync_stopping_; });
        appended_.wait_for(lock, settings_.sync_interval, [this] { return sync_stopping_; });
        if (sync_stopping_) return;
        unsynced_ = false;
        lock.unlock();
        const bool synced = sync();
        lock.lock();
        unsynced_ = unsynced_ || !synced;
    }
}

bool Hub::sync() {
    const auto synced = journal_.sync();
    {
        const std::lock_guard lock(trouble_mutex_);
        sync_trouble_ = synced ? "" : synced.error().what;
    }
    if (!synced)
        if (const auto times = sync_trouble_spoken_.hit(clock_.steady()))
            spdlog::error("hub: {} ({} times)", synced.error().what, *times);
    return static_cast<bool>(synced);
}

void Hub::retire_if_due(Steady now) {
    if (now < next_retirement_) return;
    if (now < next_retirement_ + kLongestBusy && next_retirement_ != Steady{}) {
        const std::lock_guard lock(queue_mutex_);
        if (!queue_.empty()) return;
    }
    const auto more = journal_.retire(clock_.now() - settings_.retention);
    next_retirement_ = now + std::chrono::duration_cast<Steady::duration>(more && *more ? kRetirementPause
                                                                                        : kRetirementRest);
    if (!more)
        if (const auto times = trouble_spoken_.hit(now))
            spdlog::error("hub: old events cannot be deleted: {} ({} times)", more.error().what, *times);
}

Result<Hub::Page> Hub::read(Sequence after, std::size_t limit) const {
    Page page;
    page.next = after;
    const Sequence kept_from = tail_.first();
    if (after + 1 < kept_from) {
        auto old = read_journal(after, kept_from, limit);
        if (!old || old->events.size() >= limit) return old;
        page = std::move(*old);
    }
    tail_.read(page.next, limit - page.events.size(), page.events);
    if (!page.events.empty()) page.next = std::max(page.next, page.events.back()->record.sequence);
    return page;
}

/// Events after `after` and before `end`. `next` steps over numbers that are gone for good.
Result<Hub::Page> Hub::read_journal(Sequence after, Sequence end, std::size_t limit) const {
    Page page;
    const auto ours = directory();
    const auto reached = journal_.read(after, limit, [&](const Record& record) {
        if (record.sequence >= end) return false;
        page.events.push_back(std::make_shared<const Announcement>(record, Time{}, zone_, ours));
        return true;
    });
    if (!reached) return reached.error();
    const bool more = page.events.size() >= limit;
    page.next = !more ? end - 1 : page.events.empty() ? after : page.events.back()->record.sequence;
    return page;
}

bool Hub::in_memory(Sequence after) const { return after + 1 >= tail_.first(); }

Sequence Hub::last() const { return tail_.last(); }

void Hub::with_state(const std::function<void(const State&)>& look) const {
    const Time now = clock_.now();
    {
        const std::shared_lock lock(state_mutex_);
        if (now < state_.day_end) return look(state_);
    }
    const std::unique_lock lock(state_mutex_);
    at(state_, now, zone_);
    look(state_);
}

void Hub::add(Listener& listener) {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(&listener);
}

void Hub::remove(Listener& listener) {
    const std::lock_guard lock(listeners_mutex_);
    std::erase(listeners_, &listener);
}

std::shared_ptr<const Directory> Hub::directory() const {
    const std::lock_guard lock(directory_mutex_);
    return directory_;
}

void Hub::use(std::shared_ptr<const Directory> directory) {
    const std::lock_guard lock(directory_mutex_);
    directory_ = std::move(directory);
}

bool Hub::ask_for_trouble(std::function<void(const std::string&)> done) {
    const bool room = asking_.fetch_add(1) < kMostAsking;
    const bool asked =
        room && submit({}, {}, [this, done = std::move(done)](const Result<Appended>& appended) {
            --asking_;
            done(appended ? trouble() : appended.error().what);
        });
    if (!asked) --asking_;
    return asked;
}

std::string Hub::trouble() const {
    const std::lock_guard lock(trouble_mutex_);
    return append_trouble_.empty() ? sync_trouble_ : append_trouble_;
}

}  // namespace callboard

#include "delivery/session/sessions.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace callboard {
namespace {

/// Sessions of one transaction.
constexpr std::size_t kMostAtOnce = 1'000;
/// Pauses between two looks at a receipt: 5, 10 … 160 ms, together a third of a second.
constexpr std::chrono::milliseconds kFirstLook{5}, kLastLook{160};

}  // namespace

/// Guarded by the lock of Sessions.
struct Session {
    using Place = std::list<std::shared_ptr<Session>>::iterator;
    explicit Session(SessionRecord kept) : record(std::move(kept)) {}

    SessionRecord record;
    std::shared_ptr<Attachment> reader;
    std::shared_ptr<Sessions::OnItsWay> on_its_way;
    std::chrono::steady_clock::time_point idle_since;
    std::optional<Place> idle, empty;  // where it is in these lists
    bool begun = false;                // the reader has been told where
    bool queued = false;               // to be written
    bool removed = false;
};

Sessions::Sessions(SessionFile file, const TokenAuthority& tokens, const Clock& clock, Metrics& metrics,
                   Present present, Settings settings)
    : tokens_(tokens),
      clock_(clock),
      present_(std::move(present)),
      settings_(settings),
      count_(metrics.gauge("callboard_sessions", "Sessions of version 2")),
      file_(std::move(file)) {}

Result<std::unique_ptr<Sessions>> Sessions::open(const std::filesystem::path& file, const Secret& key,
                                                 const TokenAuthority& tokens, const Clock& clock,
                                                 Metrics& metrics, Present present, Settings settings) {
    auto opened = SessionFile::open(file, key);
    if (!opened) return opened.error();
    auto kept = opened->load();
    if (!kept) return kept.error();
    std::unique_ptr<Sessions> sessions(
        new Sessions(*std::move(opened), tokens, clock, metrics, std::move(present), settings));
    for (SessionRecord& session : *kept) sessions->take_in(std::move(session));
    sessions->thread_ = std::thread([raw = sessions.get()] { raw->run(); });
    return sessions;
}

Sessions::~Sessions() {
    stop();
    // Whoever still reads a session holds it, and is held by it.
    for (const auto& [id, session] : sessions_) session->reader = nullptr;
}

void Sessions::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, session] : sessions_) {
            const auto answer = std::exchange(session->on_its_way, nullptr);
            if (answer && answer->receipt && answer->receipt->arrived()) arrive(session, answer->through);
        }
        stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
}

void Sessions::create(std::string_view address, Done done) {
    SessionRecord record;
    record.id = random_session_id();
    Outcome refused = record.id.empty() ? Outcome::not_kept : Outcome::done;
    {
        const std::lock_guard lock(mutex_);
        forget_idle();
        const auto of_address = of_address_.find(address);
        if (of_address != of_address_.end() && of_address->second >= settings_.most_of_address)
            refused = Outcome::too_many_of_yours;
        else if (sessions_.size() >= settings_.most && !make_room())
            refused = Outcome::too_many;
        if (refused == Outcome::done) {
            record.creation = record.last_update = record.last_connection = clock_.now();
            const Cursor present = present_();
            record.epoch = present.epoch;
            record.acknowledged = present.sequence;
            record.address = address;
            return write_now(put(std::move(record)), std::move(done));
        }
    }
    done(refused, record);
}

std::optional<SessionRecord> Sessions::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto session = known(id);
    return session ? std::optional(session->record) : std::nullopt;
}

void Sessions::subscribe(std::string id, std::string token, Reactor* here, Done done) {
    change(
        std::move(id), here,
        [this, token = std::move(token)](SessionRecord& session) { return add(session, token); },
        std::move(done));
}

void Sessions::unsubscribe(std::string id, std::string token, Reactor* here, Done done) {
    change(
        std::move(id), here,
        [token = std::move(token)](SessionRecord& session) {
            Subscriptions left = *session.subscriptions;
            std::erase_if(left, [&token](const Subscription& one) { return one.token == token; });
            if (left.size() < session.subscriptions->size())
                session.subscriptions = std::make_shared<const Subscriptions>(std::move(left));
            return Outcome::done;
        },
        std::move(done));
}

/// The lock is held.
Sessions::Outcome Sessions::add(SessionRecord& session, const std::string& token) const {
    const auto is_it = [&token](const Subscription& one) { return one.token == token; };
    if (std::any_of(session.subscriptions->begin(), session.subscriptions->end(), is_it))
        return Outcome::done;
    Subscriptions more = *session.subscriptions;
    if (more.size() >= settings_.most_tokens)
        std::erase_if(more, [this, now = clock_.now()](const Subscription& one) {
            return !tokens_.find(one.token, now);
        });
    if (more.size() >= settings_.most_tokens) return Outcome::too_many_tokens;
    more.push_back({token, present_().sequence});
    session.subscriptions = std::make_shared<const Subscriptions>(std::move(more));
    session.bereft = false;
    return Outcome::done;
}

void Sessions::change(std::string id, Reactor* here, Edit edit, Done done) {
    std::shared_ptr<Attachment> reader;
    Outcome outcome = Outcome::unknown;
    SessionRecord record;
    {
        const std::lock_guard lock(mutex_);
        if (const auto session = known(id)) {
            reader = session->reader;
            if (reader && &reader->reactor() != here) {
                // Its reactor may be telling it events this very moment: the change comes between two.
                Reactor& there = reader->reactor();
                return there.post([this, id = std::move(id), &there, edit = std::move(edit),
                                   done = std::move(done)] { change(id, &there, edit, done); });
            }
            const auto before = session->record.subscriptions;
            outcome = edit(session->record);
            if (session->record.subscriptions == before)
                reader = nullptr;
            else
                session->record.last_update = clock_.now();
            record = session->record;
            if (outcome == Outcome::done) {
                if (!session->reader) begin_idling(*session);
                // Also when nothing changed: what it finds may be on its way to the file still.
                write_now(session, std::exchange(done, {}));
            }
        }
    }
    if (reader) reader->subscriptions_changed();
    if (done) done(outcome, record);
}

void Sessions::remove(std::string_view id, Done done) {
    std::shared_ptr<Attachment> reader;
    {
        const std::lock_guard lock(mutex_);
        if (const auto session = known(id)) {
            reader = session->reader;
            write_now(session, std::exchange(done, {}));
            forget(session);
        }
    }
    if (reader) reader->reactor().post([reader] { reader->session_removed(); });
    if (done) done(Outcome::unknown, {});
}

void Sessions::restore(SessionRecord record) {
    const Handle session = take_in(std::move(record));
    const std::lock_guard lock(mutex_);
    write_later(session);
}

Sessions::Handle Sessions::take_in(SessionRecord record) {
    const Cursor present = present_();
    // Places in a journal that is gone are worth nothing: its client gets all that the new one has. After a
    // crash of the machine the file may know of more than the journal.
    const Sequence most = record.epoch == present.epoch ? present.sequence : 0;
    record.replaced = record.replaced || record.epoch != present.epoch;
    Subscriptions subscriptions = *record.subscriptions;
    for (Subscription& one : subscriptions) one.start = std::min(one.start, most);
    record.subscriptions = std::make_shared<const Subscriptions>(std::move(subscriptions));
    record.acknowledged = std::min(record.acknowledged, most);
    record.epoch = present.epoch;
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(record.id);
    return found == sessions_.end() ? put(std::move(record)) : found->second;
}

void Sessions::expire() {
    const std::lock_guard lock(mutex_);
    forget_idle();
}

void Sessions::forget_idle() {
    const auto limit = clock_.steady() - settings_.idle;
    while (!idle_.empty() && idle_.front()->idle_since <= limit) {
        const Handle session = idle_.front();
        forget(session);
        write_later(session);
    }
}

bool Sessions::attach(std::string_view id, const std::shared_ptr<Attachment>& reader, Begin begin) {
    Handle session;
    std::shared_ptr<Attachment> previous;
    std::shared_ptr<OnItsWay> answer;
    {
        const std::lock_guard lock(mutex_);
        session = known(id);
        if (!session) return false;
        reader->session_ = session;
        previous = std::exchange(session->reader, reader);
        session->begun = false;
        answer = session->on_its_way;
        end_idling(*session);
        session->record.last_connection = clock_.now();
    }
    if (!previous && !answer) {
        start(reader, begin);
        return true;
    }
    // Each is asked on its own thread, behind everything that its connection has received until now: a reset
    // or an acknowledgement that lies in a socket still counts.
    auto go_on = [this, session, answer, reader, begin = std::move(begin)] {
        if (!answer) return reader->reactor().post([this, reader, begin] { start(reader, begin); });
        answer->reactor.post([this, session, answer, reader, begin] {
            find_out(session, answer, kFirstLook, [this, answer, reader, begin] {
                if (&answer->reactor == &reader->reactor()) return start(reader, begin);
                reader->reactor().post([this, reader, begin] { start(reader, begin); });
            });
        });
    };
    if (!previous) {
        go_on();
        return true;
    }
    previous->reactor().post([previous, go_on = std::move(go_on)] {
        previous->taken_over();
        go_on();
    });
    return true;
}

/// On the answer's reactor. A client that comes back on another connection while the first is open may be
/// quicker than its machine's acknowledgement, which TCP may hold back for a while (RFC 9293 §3.8.6.3).
void Sessions::find_out(const Handle& session, const std::shared_ptr<OnItsWay>& answer,
                        std::chrono::milliseconds again, std::function<void()> then) {
    const bool arrived = answer->receipt && answer->receipt->arrived();
    if (arrived || !answer->receipt || again > kLastLook) {
        settle(session, answer, arrived);
        return then();
    }
    answer->reactor.after(again, [this, session, answer, again, then = std::move(then)] {
        find_out(session, answer, 2 * again, then);
    });
}

void Sessions::settle(const Handle& session, const std::shared_ptr<OnItsWay>& answer, bool arrived) {
    const std::lock_guard lock(mutex_);
    if (session->on_its_way != answer) return;
    session->on_its_way = nullptr;
    if (arrived) arrive(session, answer->through);
}

void Sessions::start(const std::shared_ptr<Attachment>& reader, const Begin& begin) {
    SessionRecord record;
    {
        const std::lock_guard lock(mutex_);
        Session& session = *reader->session_;
        if (session.reader != reader) return;
        session.begun = true;
        record = session.record;
    }
    begin(record);
}

SessionRecord Sessions::look(const Attachment& reader) {
    const std::lock_guard lock(mutex_);
    return reader.session_->record;
}

void Sessions::acknowledge(Attachment& reader, Sequence through, bool knows_gap) {
    const std::lock_guard lock(mutex_);
    const Handle& session = reader.session_;
    // Until its successor has begun, what this one had counts.
    if (!session || (session->reader.get() != &reader && session->begun)) return;
    knows_gap ? arrive(session, through) : move(session, through);
}

SessionRecord Sessions::drop(Attachment& reader, const std::vector<std::string>& tokens) {
    const std::lock_guard lock(mutex_);
    const Handle& session = reader.session_;
    SessionRecord& record = session->record;
    Subscriptions left = *record.subscriptions;
    std::erase_if(left, [&tokens](const Subscription& one) {
        return std::find(tokens.begin(), tokens.end(), one.token) != tokens.end();
    });
    if (left.size() < record.subscriptions->size()) {
        record.bereft = left.empty();
        record.subscriptions = std::make_shared<const Subscriptions>(std::move(left));
        record.last_update = clock_.now();
        write_later(session);
    }
    return record;
}

void Sessions::detach(Attachment& reader, Sequence through) {
    const std::lock_guard lock(mutex_);
    const Handle& session = reader.session_;
    if (!session) return;
    const bool is_reader = session->reader.get() == &reader;
    if (is_reader || !session->begun) move(session, through);
    if (!is_reader) return;
    session->reader = nullptr;
    begin_idling(*session);
}

std::shared_ptr<Sessions::OnItsWay> Sessions::answer(Attachment& reader, Sequence through) {
    const std::lock_guard lock(mutex_);
    const Handle& session = reader.session_;
    if (session->reader.get() != &reader) return nullptr;
    session->reader = nullptr;
    begin_idling(*session);
    session->on_its_way = std::make_shared<OnItsWay>(OnItsWay{reader.reactor(), through, nullptr});
    return session->on_its_way;
}

/// Nothing when it does not exist, or was idle for too long.
Sessions::Handle Sessions::known(std::string_view id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return nullptr;
    Handle session = found->second;
    if (!session->idle || clock_.steady() - session->idle_since < settings_.idle) return session;
    forget(session);
    write_later(session);
    return nullptr;
}

Sessions::Handle Sessions::put(SessionRecord record) {
    const auto session = std::make_shared<Session>(std::move(record));
    sessions_.emplace(session->record.id, session);
    ++of_address_[session->record.address];
    begin_idling(*session);
    count_.set(static_cast<std::int64_t>(sessions_.size()));
    return session;
}

void Sessions::forget(const Handle& session) {
    session->removed = true;
    end_idling(*session);
    session->reader = nullptr;
    session->on_its_way = nullptr;
    const auto of_address = of_address_.find(session->record.address);
    if (of_address != of_address_.end() && --of_address->second == 0) of_address_.erase(of_address);
    sessions_.erase(session->record.id);
    count_.set(static_cast<std::int64_t>(sessions_.size()));
}

/// Whoever made a session and subscribed to nothing makes room for others.
bool Sessions::make_room() {
    if (empty_.empty()) return false;
    const Handle session = empty_.front();
    forget(session);
    write_later(session);
    return true;
}

void Sessions::begin_idling(Session& session) {
    end_idling(session);
    if (session.removed) return;
    const auto found = sessions_.find(session.record.id);
    session.idle_since = clock_.steady();
    session.idle = idle_.insert(idle_.end(), found->second);
    if (session.record.subscriptions->empty()) session.empty = empty_.insert(empty_.end(), found->second);
}

void Sessions::end_idling(Session& session) {
    if (session.idle) idle_.erase(*std::exchange(session.idle, std::nullopt));
    if (session.empty) empty_.erase(*std::exchange(session.empty, std::nullopt));
}

void Sessions::move(const Handle& session, Sequence through) {
    SessionRecord& record = session->record;
    if (through <= record.acknowledged) return;
    record.acknowledged = through;
    record.replaced = false;
    write_later(session);
}

/// Behind something that says what is gone, if anything is.
void Sessions::arrive(const Handle& session, Sequence through) {
    if (std::exchange(session->record.replaced, false)) write_later(session);
    move(session, through);
}

void Sessions::write_later(const Handle& session) {
    if (std::exchange(session->queued, true)) return;
    unwritten_.push_back({session, {}});
    if (unwritten_.size() == 1) work_.notify_one();
}

void Sessions::write_now(const Handle& session, Done done) {
    unwritten_.push_back({session, [done = std::move(done), record = session->record](bool written) {
                              done(written ? Outcome::done : Outcome::not_kept, record);
                          }});
    urgent_ = true;
    work_.notify_one();
}

void Sessions::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return stopping_ || !unwritten_.empty(); });
        if (unwritten_.empty()) return;
        // What nobody waits for comes together for a while.
        work_.wait_for(lock, settings_.write_within, [this] { return stopping_ || urgent_; });
        if (write_group(lock)) continue;
        if (stopping_) return;
        work_.wait_for(lock, settings_.retry, [this] { return stopping_; });
    }
}

/// Writes the oldest of what is to be written, without the lock. False: the file takes nothing.
bool Sessions::write_group(std::unique_lock<std::mutex>& lock) {
    std::vector<Unwritten> group;
    std::vector<SessionRecord> kept;
    std::vector<std::string> removed;
    while (!unwritten_.empty() && group.size() < kMostAtOnce) {
        group.push_back(std::move(unwritten_.front()));
        unwritten_.pop_front();
        const Handle& session = group.back().session;
        session->queued = false;
        if (session->removed)
            removed.push_back(session->record.id);
        else
            kept.push_back(session->record);
    }
    if (unwritten_.empty()) urgent_ = false;
    lock.unlock();
    const auto written = file_.write(kept, removed);
    if (!written) complain(written.error());
    for (const Unwritten& one : group)
        if (one.written) one.written(written.has_value());
    if (written)
        if (const auto synced = file_.sync(); !synced) complain(synced.error());
    lock.lock();
    // Those that are gone are not worth keeping in mind: should the file still have one, it expires again.
    if (!written)
        for (const Unwritten& one : group)
            if (!one.session->removed) write_later(one.session);
    return written.has_value();
}

void Sessions::complain(const Error& error) {
    if (const auto times = trouble_spoken_.hit(clock_.steady()))
        spdlog::error("sessions: {} ({} times)", error.what, *times);
}

}  // namespace callboard

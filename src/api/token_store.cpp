#include "api/token_store.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "api/token_file.hpp"
#include "api/token_seal.hpp"
#include "event/directory.hpp"

namespace callboard {
namespace {

constexpr auto kLook = TokenStore::kSeenWithin / 2;  // how often the file is asked whether it has changed
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kLongestName = 200;

Result<void> check(const TokenPlace& place) {
    if (place.account.empty() || place.account.size() > kLongestName || place.service.size() > kLongestName ||
        place.agent.size() > kLongestName)
        return Error{Error::Kind::invalid, "a token needs the name of an account, at most 200 bytes long"};
    if ((!place.agent.empty() && place.hunting.empty()) || (!place.hunting.empty() && place.service.empty()))
        return Error{Error::Kind::invalid,
                     "a token of a hunting needs a queue, and that of an agent a hunting"};
    return {};
}

bool in_force(const Grant& grant, Time now) { return !grant.expires || now < *grant.expires; }

}  // namespace

/// The tokens in memory, a copy of the file; and the thread that keeps it one.
class TokenStore::Impl {
  public:
    Impl(TokenFile file, TokenSeal seal, const Clock& clock)
        : clock_(clock), seal_(std::move(seal)), file_(std::move(file)) {}
    ~Impl() {
        {
            const std::lock_guard lock(file_mutex_);
            stopping_ = true;
        }
        stop_.notify_all();
        if (thread_.joinable()) thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Result<void> start() {
        const std::lock_guard lock(file_mutex_);
        const auto version = file_.version();
        if (!version) return version.error();
        seen_ = *version;
        if (auto loaded = load(); !loaded) return loaded;
        thread_ = std::thread([this] { watch(); });
        return {};
    }

    Result<void> put(std::span<const Token> tokens) {
        const std::lock_guard lock(file_mutex_);
        if (auto put = file_.put(tokens, seal_, clock_.now()); !put) return put;
        return load();
    }

    Result<bool> remove(std::string_view token) {
        const std::lock_guard lock(file_mutex_);
        auto removed = file_.remove(token, seal_);
        if (!removed || !*removed) return removed;
        if (auto loaded = load(); !loaded) return loaded.error();
        return true;
    }

    std::vector<Token> list() const {
        const Time now = clock_.now();
        std::vector<Token> tokens;
        const std::shared_lock lock(tokens_mutex_);
        for (const auto& [text, token] : tokens_)
            if (in_force(token.grant, now)) tokens.push_back(token);
        return tokens;
    }

    std::optional<Token> of_place(const TokenPlace& place) const {
        const Time now = clock_.now();
        const std::shared_lock lock(tokens_mutex_);
        for (const auto& [text, token] : tokens_)
            if (token.place() == place && in_force(token.grant, now)) return token;
        return std::nullopt;
    }

    std::optional<Grant> find(std::string_view token, Time now) const {
        const std::shared_lock lock(tokens_mutex_);
        const auto found = tokens_.find(token);
        if (found == tokens_.end() || !in_force(found->second.grant, now)) return std::nullopt;
        return found->second.grant;
    }

    std::uint64_t generation() const {
        const std::int64_t now = nanoseconds_since_epoch(clock_.now());
        if (now >= next_expiry_.load(std::memory_order_acquire)) {
            const std::unique_lock lock(tokens_mutex_);
            expect_expiry(now);
            ++generation_;
        }
        return generation_.load(std::memory_order_acquire);
    }

    const Clock& clock() const { return clock_; }

  private:
    /// The file's lock is held.
    Result<void> load() {
        auto loaded = file_.load(seal_);
        if (!loaded) return loaded.error();
        if (loaded->damaged > 0)
            spdlog::warn("tokens: {} of the file were changed by hand or by the disk and are not in force",
                         loaded->damaged);
        StringMap<Token> tokens;
        for (Token& token : loaded->tokens) {
            std::string text = token.text;
            tokens.emplace(std::move(text), std::move(token));
        }
        const std::unique_lock lock(tokens_mutex_);
        tokens_.swap(tokens);
        // From the earliest on: generation() asks the clock, which this thread must not in tests.
        expect_expiry(std::numeric_limits<std::int64_t>::min());
        ++generation_;
        return {};
    }

    /// The next expiry after `now`. The tokens' lock is held.
    void expect_expiry(std::int64_t now) const {
        std::int64_t next = kNever;
        for (const auto& [text, token] : tokens_)
            if (token.grant.expires)
                if (const auto expires = nanoseconds_since_epoch(*token.grant.expires); expires > now)
                    next = std::min(next, expires);
        next_expiry_.store(next, std::memory_order_release);
    }

    void watch() {
        bool trouble = false;
        std::unique_lock lock(file_mutex_);
        while (!stop_.wait_for(lock, kLook, [this] { return stopping_; })) {
            const auto version = file_.version();
            if (version && *version == seen_) {
                trouble = false;
                continue;
            }
            const Result<void> loaded = version ? load() : Result<void>(version.error());
            if (loaded) seen_ = *version;
            if (!loaded && !trouble) spdlog::error("tokens: changes are not seen: {}", loaded.error().what);
            trouble = !loaded;
        }
    }

    const Clock& clock_;
    const TokenSeal seal_;

    std::mutex file_mutex_;
    TokenFile file_;
    std::int64_t seen_ = 0;  // version of the file that was loaded
    bool stopping_ = false;
    std::condition_variable stop_;

    mutable std::shared_mutex tokens_mutex_;
    StringMap<Token> tokens_;  // by text
    mutable std::atomic<std::uint64_t> generation_{1};
    mutable std::atomic<std::int64_t> next_expiry_{kNever};

    std::thread thread_;
};

TokenStore::TokenStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenStore::~TokenStore() = default;

Result<std::unique_ptr<TokenStore>> TokenStore::open(const std::filesystem::path& file, Secret key,
                                                     const Clock& clock) {
    TokenSeal seal(key);
    auto opened = TokenFile::open(file, seal);
    if (!opened) return opened.error();
    auto impl = std::make_unique<Impl>(std::move(*opened), std::move(seal), clock);
    if (auto started = impl->start(); !started) return started.error();
    return std::unique_ptr<TokenStore>(new TokenStore(std::move(impl)));  // NOLINT: private constructor
}

Result<Token> TokenStore::create(const TokenPlace& place, std::optional<Duration> lifetime) {
    auto made = create_each({&place, 1}, lifetime);
    if (!made) return made.error();
    return std::move(made->front());
}

Result<std::vector<Token>> TokenStore::create_each(std::span<const TokenPlace> places,
                                                   std::optional<Duration> lifetime) {
    if (lifetime && *lifetime <= Duration::zero())
        return Error{Error::Kind::invalid, "a token needs a lifetime longer than nothing"};
    const Time now = impl_->clock().now();
    std::vector<Token> made;
    made.reserve(places.size());
    for (const TokenPlace& place : places) {
        if (auto right = check(place); !right) return right.error();
        Token token{random_token(),
                    {place.account, place.service, {}, place.agent, place.masked},
                    now,
                    place.hunting};
        if (lifetime) token.grant.expires = now + *lifetime;
        if (token.text.empty()) return Error{Error::Kind::unavailable, "the system has no random bytes"};
        made.push_back(std::move(token));
    }
    if (auto put = impl_->put(made); !put) return put.error();
    return made;
}

std::optional<Token> TokenStore::of_place(const TokenPlace& place) const { return impl_->of_place(place); }

std::vector<Token> TokenStore::list() const {
    const auto place = [](const Token& token) {
        return std::tie(token.grant.account, token.grant.service, token.hunting, token.grant.agent,
                        token.grant.masked);
    };
    std::vector<Token> tokens = impl_->list();
    std::sort(tokens.begin(), tokens.end(),
              [&place](const Token& a, const Token& b) { return place(a) < place(b); });
    return tokens;
}

Result<bool> TokenStore::revoke(std::string_view token) { return impl_->remove(token); }

std::optional<Grant> TokenStore::find(std::string_view token, Time now) const {
    return impl_->find(token, now);
}
std::uint64_t TokenStore::generation() const { return impl_->generation(); }

}  // namespace callboard

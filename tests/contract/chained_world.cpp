#include "tests/contract/chained_world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

namespace callboard::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPoll{100};  ///< how long the first holds the polls of the second

bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
}

World::Settings of_first() {
    World::Settings settings;
    settings.poll_timeout = kFirstPoll;
    return settings;
}

}  // namespace

ChainedWorld::ChainedWorld(OvhSession::Version version, Settings settings)
    : World(settings), version_(version), first_(of_first()) {
    connect();
}

ChainedWorld::~ChainedWorld() { ChainedWorld::stop(); }

void ChainedWorld::connect() {
    for (const char* token : {"ALPHA", "BETA"}) {
        OvhSource::Settings settings;
        settings.name = token;
        settings.url = fmt::format("http://127.0.0.1:{}", first_.port());
        settings.token = Secret(token);
        settings.version = version_;
        settings.place = places_.path() / token;
        settings.accepted_after = settings.least_hold = kFirstPoll / 2;
        auto& input = inputs_.emplace_back(std::move(settings), hub(), clock, metrics_);
        if (const auto started = input.source.start(); !started)
            throw std::runtime_error(started.error().what);
    }
    // Who has no place yet begins with what comes after its first poll.
    for (const auto& input : inputs_)
        if (!eventually([&input] { return input.source.health().up; }))
            throw std::runtime_error("the second did not reach the first");
}

void ChainedWorld::start() {
    World::start();
    connect();
}

void ChainedWorld::stop() {
    for (auto& input : inputs_) input.source.stop();
    inputs_.clear();
    World::stop();
}

void ChainedWorld::tell(std::vector<Event> events) {
    due_ += events.size();
    first_.tell(std::move(events));
    ASSERT_TRUE(eventually([this] { return hub().last() >= due_; })) << hub().last() << " of " << due_;
}

}  // namespace callboard::test

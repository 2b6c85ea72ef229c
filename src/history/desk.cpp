#include "history/desk.hpp"

#include <memory>
#include <utility>

namespace callboard {

HistoryDesk::HistoryDesk(HistoryStore& store, unsigned threads) : store_(store) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HistoryDesk::~HistoryDesk() { stop(); }

void HistoryDesk::stop() {
    waiting_.stop();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void HistoryDesk::run() {
    std::unique_ptr<HistoryReader> reader;
    while (const auto work = waiting_.next()) {
        if (!reader) {
            auto opened = store_.reader();
            if (!opened) {
                (*work)(opened.error());
                continue;
            }
            reader = *std::move(opened);
        }
        (*work)(reader.get());
    }
}

}  // namespace callboard

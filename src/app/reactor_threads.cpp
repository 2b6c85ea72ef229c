#include "app/reactor_threads.hpp"

#include <algorithm>

namespace callboard {

ReactorThreads::ReactorThreads(unsigned count, const Clock& clock, Reactor::Moving moving) {
    if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) all_.push_back(&reactors_.emplace_back(clock, moving));
    for (Reactor* reactor : all_) threads_.emplace_back([reactor] { reactor->run(); });
}

void ReactorThreads::stop() {
    for (Reactor* reactor : all_) reactor->stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

}  // namespace callboard

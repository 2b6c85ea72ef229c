#include "base/precedence.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace callboard {
namespace {

/// `struct sched_attr` in its first form. glibc 2.36 has none, and the kernel's header does not go with
/// glibc's.
struct SchedulingAttributes {
    std::uint32_t size = sizeof(SchedulingAttributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0;  // the length of a turn, for an ordinary thread
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48, "SCHED_ATTR_SIZE_VER0");

}  // namespace

void give_way() {
    constexpr int kNice = 10;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);  // of a thread, on Linux
}

void be_prompt() {
    constexpr std::uint64_t kTurn = 100'000;
    SchedulingAttributes attributes;
    if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
    attributes.runtime_ns = kTurn;
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace callboard

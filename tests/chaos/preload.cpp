// Loaded before libc (LD_PRELOAD): lets a test move the clock of the calendar and break fsync while a program
// runs. What to do stands in the file that $CALLBOARD_CHAOS names.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

struct Orders {
    std::int64_t clock_offset = 0;  ///< ns to add to CLOCK_REALTIME
    std::int64_t sync_errno = 0;    ///< that fsync fails with; 0: it does not
};

const volatile Orders* orders() {
    static const volatile Orders* const mapped = []() -> const volatile Orders* {
        static const Orders none;
        const char* name = std::getenv("CALLBOARD_CHAOS");
        const int file = name == nullptr ? -1 : open(name, O_RDONLY | O_CLOEXEC);
        if (file < 0) return &none;
        void* bytes = mmap(nullptr, sizeof(Orders), PROT_READ, MAP_SHARED, file, 0);
        close(file);
        return bytes == MAP_FAILED ? &none : static_cast<const volatile Orders*>(bytes);
    }
    ();
    return mapped;
}

/// The function of this name that would have been called.
template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int sync_with(const char* name, int file) {
    if (const auto code = orders()->sync_errno; code != 0) {
        errno = static_cast<int>(code);
        return -1;
    }
    return next<int(int)>(name)(file);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
    static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
    const int code = real(clock, time);
    if (code != 0 || clock != CLOCK_REALTIME) return code;
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t moved =
        static_cast<std::int64_t>(time->tv_sec) * kSecond + time->tv_nsec + orders()->clock_offset;
    time->tv_sec = moved / kSecond;
    time->tv_nsec = moved % kSecond;
    return code;
}

int fsync(int file) { return sync_with("fsync", file); }
int fdatasync(int file) { return sync_with("fdatasync", file); }
}

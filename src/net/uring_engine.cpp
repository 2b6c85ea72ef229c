#include <fmt/format.h>
#include <liburing.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "net/engine.hpp"
#include "net/outbox.hpp"

namespace callboard {
namespace {

constexpr unsigned kEntries = 4'096;  // requests that are handed over at once
constexpr unsigned kCompletions = 16'384;
constexpr unsigned kBuffers = 1'024;  // a power of two
constexpr std::size_t kBufferSize = 2'048;
constexpr std::uint16_t kBufferGroup = 0;
constexpr std::size_t kMostParts = 64;
/// A client that takes nothing is told from one that takes little by what completes, so requests are small.
constexpr std::size_t kMostSent = 128 << 10;

/// What a completion belongs to. Kept in its user_data together with the number of a slot.
enum class Operation : std::uint8_t { wake_up, watches, receive, send, other };

constexpr std::uint64_t tag_of(Operation operation, std::size_t slot) {
    return static_cast<std::uint64_t>(slot) << 8 | static_cast<std::uint8_t>(operation);
}

class UringStream;

/// The kernel's side of a stream: outlives it until every request was answered, because their memory is here.
struct Slot {
    UringStream* stream = nullptr;
    Descriptor socket;  // open as long as requests name it: its number must not become another's
    std::size_t number = 0;
    unsigned pending = 0;  // requests without their last completion
    bool taken = false;
    bool queued = false;        // for a flush at the end of the turn
    Outbox sending;             // begins with what the request in flight is about
    std::size_t in_flight = 0;  // bytes of it
    msghdr message{};
    std::vector<iovec> parts;
};

class UringEngine final : public Engine {
  public:
    UringEngine(Watches& watches, int wake_up) : watches_(watches), wake_up_(wake_up) {}
    ~UringEngine() override;
    UringEngine(const UringEngine&) = delete;
    UringEngine& operator=(const UringEngine&) = delete;

    Result<void> begin();
    void turn(std::chrono::milliseconds longest) override;
    std::unique_ptr<Stream> open(Descriptor socket, StreamOwner& owner) override;

    io_uring_sqe* request(Operation operation, std::size_t slot);
    Slot& take_slot(UringStream& stream);
    void free_if_done(Slot& slot);
    void flush_later(Slot& slot) { unflushed_.push_back(&slot); }

  private:
    void lend(unsigned buffer);
    void wait_for_wake_up();
    void wait_for_watches();
    void flush();
    void submit_and_wait(std::chrono::milliseconds longest);
    void complete(const io_uring_cqe& completion);

    Watches& watches_;
    int wake_up_;
    io_uring ring_{};
    bool ring_open_ = false;
    io_uring_buf_ring* buffers_ = nullptr;
    std::vector<char> space_;
    eventfd_t woken_ = 0;
    bool watches_ready_ = false;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<std::size_t> free_slots_;
    std::vector<Slot*> unflushed_, flushing_;
};

class UringStream final : public Stream {
  public:
    UringStream(UringEngine& engine, Descriptor socket, StreamOwner& owner)
        : engine_(engine), owner_(owner), slot_(engine.take_slot(*this)) {
        slot_.socket = std::move(socket);
        int off = 0;
        ::ioctl(fd(), FIONBIO, &off);  // the ring waits, instead of being told to try again
        receive();
    }
    ~UringStream() override {
        close();
        slot_.stream = nullptr;
        engine_.free_if_done(slot_);
    }
    UringStream(const UringStream&) = delete;
    UringStream& operator=(const UringStream&) = delete;

    void write(SharedBytes bytes) override {
        if (!open_ || bytes->empty()) return;
        slot_.sending.push(std::move(bytes));
        if (slot_.in_flight == 0) flush_later();
    }
    std::size_t backlog() const override { return open_ ? slot_.sending.size() : 0; }
    std::uint64_t taken() const override { return taken_; }
    bool acknowledged() const override {
        int left = 0;
        return open_ && slot_.sending.empty() && ::ioctl(fd(), SIOCOUTQ, &left) == 0 && left == 0;
    }
    void read(bool on) override {
        if (on == reading_) return;
        reading_ = on;
        if (on) return receive();
        if (!receiving_) return;
        io_uring_sqe* sqe = engine_.request(Operation::other, slot_.number);
        io_uring_prep_cancel64(sqe, tag_of(Operation::receive, slot_.number), 0);
        io_uring_sqe_set_data64(sqe, tag_of(Operation::other, slot_.number));
        ++slot_.pending;
    }
    void end_output() override {
        if (open_) ::shutdown(fd(), SHUT_WR);
    }

    /// Hands what waits to the kernel, at most one request at a time.
    void flush() {
        if (!open_ || slot_.in_flight > 0 || slot_.sending.empty()) return;
        slot_.parts.clear();
        slot_.sending.look([this](const char* data, std::size_t length) {
            length = std::min(length, kMostSent - slot_.in_flight);
            slot_.parts.push_back({const_cast<char*>(data), length});
            slot_.in_flight += length;
            return slot_.in_flight < kMostSent && slot_.parts.size() < kMostParts;
        });
        io_uring_sqe* sqe = engine_.request(Operation::send, slot_.number);
        if (slot_.parts.size() == 1) {
            io_uring_prep_send(sqe, fd(), slot_.parts[0].iov_base, slot_.parts[0].iov_len,
                               MSG_NOSIGNAL | MSG_WAITALL);
        } else {
            slot_.message = {};
            slot_.message.msg_iov = slot_.parts.data();
            slot_.message.msg_iovlen = slot_.parts.size();
            io_uring_prep_sendmsg(sqe, fd(), &slot_.message, MSG_NOSIGNAL | MSG_WAITALL);
        }
        io_uring_sqe_set_data64(sqe, tag_of(Operation::send, slot_.number));
        ++slot_.pending;
    }

    void on_sent(int result) {
        slot_.in_flight = 0;
        if (!open_) return;
        if (result == -EINTR || result == -EAGAIN) return flush_later();
        if (result < 0) return broken();
        taken_ += static_cast<unsigned>(result);
        slot_.sending.drop(static_cast<unsigned>(result));
        if (!slot_.sending.empty()) return flush_later();
        owner_.on_drained();
    }

    void on_received(int result, std::string_view bytes, bool more) {
        receiving_ = more;
        if (!open_) return;
        if (result > 0) {
            // Asked for again before the owner speaks: it may destroy this.
            if (!more && reading_) receive();
            return owner_.on_bytes(bytes);
        }
        if (result == 0) return owner_.on_input_end();
        // No buffer was free, or reading was stopped.
        if (result == -ENOBUFS || result == -ECANCELED || result == -EINTR || result == -EAGAIN) {
            if (!more && reading_) receive();
            return;
        }
        broken();
    }

    void close() {
        if (!open_) return;
        open_ = reading_ = false;
        // Makes requests end that wait for the other side.
        if (slot_.pending > 0) ::shutdown(fd(), SHUT_RDWR);
    }

  private:
    void receive() {
        if (receiving_ || !open_) return;
        receiving_ = true;
        io_uring_sqe* sqe = engine_.request(Operation::receive, slot_.number);
        io_uring_prep_recv_multishot(sqe, fd(), nullptr, 0, 0);
        sqe->flags |= IOSQE_BUFFER_SELECT;
        sqe->buf_group = kBufferGroup;
        io_uring_sqe_set_data64(sqe, tag_of(Operation::receive, slot_.number));
        ++slot_.pending;
    }
    void flush_later() {
        if (!std::exchange(slot_.queued, true)) engine_.flush_later(slot_);
    }
    void broken() {
        close();
        owner_.on_broken();
    }

    int fd() const { return slot_.socket.get(); }

    UringEngine& engine_;
    StreamOwner& owner_;
    Slot& slot_;
    std::uint64_t taken_ = 0;
    bool open_ = true;
    bool reading_ = true;     // wanted
    bool receiving_ = false;  // asked for
};

UringEngine::~UringEngine() {
    if (ring_open_) io_uring_queue_exit(&ring_);  // ends every request
    if (buffers_ != nullptr) ::munmap(buffers_, kBuffers * sizeof(io_uring_buf));
}

Result<void> UringEngine::begin() {
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
    parameters.cq_entries = kCompletions;
    const auto failed = [](const char* what, int error) {
        return Error{Error::Kind::unavailable, fmt::format("io_uring: {}: {}", what, system_error(error))};
    };
    if (const int error = io_uring_queue_init_params(kEntries, &ring_, &parameters); error < 0)
        return failed("not available", -error);
    ring_open_ = true;
    void* memory = ::mmap(nullptr, kBuffers * sizeof(io_uring_buf), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return failed("no memory", errno);
    buffers_ = static_cast<io_uring_buf_ring*>(memory);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
    registration.ring_entries = kBuffers;
    registration.bgid = kBufferGroup;
    if (const int error = io_uring_register_buf_ring(&ring_, &registration, 0); error < 0)
        return failed("no ring of buffers", -error);
    io_uring_buf_ring_init(buffers_);
    space_.resize(kBuffers * kBufferSize);
    for (unsigned i = 0; i < kBuffers; ++i) lend(i);
    wait_for_wake_up();
    wait_for_watches();
    return {};
}

void UringEngine::lend(unsigned buffer) {
    io_uring_buf_ring_add(buffers_, space_.data() + buffer * kBufferSize, kBufferSize,
                          static_cast<unsigned short>(buffer), io_uring_buf_ring_mask(kBuffers), 0);
    io_uring_buf_ring_advance(buffers_, 1);
}

io_uring_sqe* UringEngine::request(Operation operation, std::size_t slot) {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
    while (sqe == nullptr) {
        io_uring_submit(&ring_);
        sqe = io_uring_get_sqe(&ring_);
    }
    io_uring_sqe_set_data64(sqe, tag_of(operation, slot));
    return sqe;
}

void UringEngine::wait_for_wake_up() {
    io_uring_sqe* sqe = request(Operation::wake_up, 0);
    io_uring_prep_read(sqe, wake_up_, &woken_, sizeof woken_, 0);
    io_uring_sqe_set_data64(sqe, tag_of(Operation::wake_up, 0));
}

void UringEngine::wait_for_watches() {
    io_uring_sqe* sqe = request(Operation::watches, 0);
    io_uring_prep_poll_add(sqe, watches_.descriptor(), POLLIN);
    io_uring_sqe_set_data64(sqe, tag_of(Operation::watches, 0));
}

Slot& UringEngine::take_slot(UringStream& stream) {
    if (free_slots_.empty()) {
        slots_.push_back(std::make_unique<Slot>());
        slots_.back()->number = slots_.size() - 1;
        free_slots_.push_back(slots_.size() - 1);
    }
    Slot& slot = *slots_[free_slots_.back()];
    free_slots_.pop_back();
    slot.stream = &stream;
    slot.taken = true;
    return slot;
}

void UringEngine::free_if_done(Slot& slot) {
    if (!slot.taken || slot.stream != nullptr || slot.pending > 0) return;
    slot.socket.reset();
    slot.sending.clear();
    slot.in_flight = 0;
    if (slot.queued) return;  // freed when its turn comes
    slot.taken = false;
    free_slots_.push_back(slot.number);
}

void UringEngine::flush() {
    flushing_.swap(unflushed_);
    for (Slot* slot : flushing_) {
        slot->queued = false;
        if (slot->stream != nullptr)
            slot->stream->flush();
        else
            free_if_done(*slot);
    }
    flushing_.clear();
}

void UringEngine::submit_and_wait(std::chrono::milliseconds longest) {
    if (io_uring_cq_ready(&ring_) > 0) longest = std::chrono::milliseconds(0);
    __kernel_timespec limit{longest.count() / 1'000, longest.count() % 1'000 * 1'000'000};
    io_uring_cqe* first = nullptr;
    if (longest.count() == 0)
        io_uring_submit_and_get_events(&ring_);
    else
        io_uring_submit_and_wait_timeout(&ring_, &first, 1, &limit, nullptr);
}

void UringEngine::turn(std::chrono::milliseconds longest) {
    flush();
    submit_and_wait(longest);
    std::array<io_uring_cqe*, 256> batch{};
    // Not more than were there when the turn began: what completions make is the next turn's.
    for (unsigned left = io_uring_cq_ready(&ring_); left > 0;) {
        const unsigned count = io_uring_peek_batch_cqe(&ring_, batch.data(), std::min(left, 256U));
        if (count == 0) break;
        for (unsigned i = 0; i < count; ++i) complete(*batch[i]);
        io_uring_cq_advance(&ring_, count);
        left -= count;
    }
    if (std::exchange(watches_ready_, false)) {
        watches_.wait(std::chrono::milliseconds(0));
        wait_for_watches();
    }
}

void UringEngine::complete(const io_uring_cqe& completion) {
    const auto operation = static_cast<Operation>(completion.user_data & 0xFF);
    if (operation == Operation::wake_up) return wait_for_wake_up();
    if (operation == Operation::watches) {
        watches_ready_ = true;
        return;
    }
    Slot& slot = *slots_[completion.user_data >> 8];
    const bool more = (completion.flags & IORING_CQE_F_MORE) != 0;
    if (!more) --slot.pending;
    if (operation == Operation::receive) {
        const bool has_buffer = (completion.flags & IORING_CQE_F_BUFFER) != 0;
        const unsigned buffer = completion.flags >> IORING_CQE_BUFFER_SHIFT;
        std::string_view bytes;
        if (has_buffer && completion.res > 0)
            bytes = {space_.data() + buffer * kBufferSize, static_cast<unsigned>(completion.res)};
        if (slot.stream != nullptr) slot.stream->on_received(completion.res, bytes, more);
        if (has_buffer) lend(buffer);
    } else if (operation == Operation::send) {
        if (slot.stream != nullptr) slot.stream->on_sent(completion.res);
    }
    free_if_done(slot);
}

std::unique_ptr<Stream> UringEngine::open(Descriptor socket, StreamOwner& owner) {
    return std::make_unique<UringStream>(*this, std::move(socket), owner);
}

}  // namespace

Result<std::unique_ptr<Engine>> uring_engine(Watches& watches, int wake_up) {
    auto engine = std::make_unique<UringEngine>(watches, wake_up);
    if (auto begun = engine->begin(); !begun) return begun.error();
    return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace callboard

// The little of io_uring that limit and pollload use: multishot accept and receive, batched sends.
#pragma once
#include <liburing.h>

#include "common.hpp"

namespace bench {

class Ring {
  public:
    // What came in: data of a receive (empty with res <= 0 at its end), or a descriptor of an accept.
    struct Event {
        u64 tag;
        int res;
        sv data;
        bool more;  // false: a multishot request ended and has to be made again
    };

    void open() {
        io_uring_params params{};
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
        params.cq_entries = 65536;
        if (int e = io_uring_queue_init_params(kEntries, &ring_, &params); e < 0)
            die("io_uring: %s", std::strerror(-e));
        void* mem = nullptr;
        if (posix_memalign(&mem, 4096, kBuffers * sizeof(io_uring_buf))) die("no memory");
        buffers_ = static_cast<io_uring_buf_ring*>(mem);
        io_uring_buf_reg reg{};
        reg.ring_addr = reinterpret_cast<u64>(mem);
        reg.ring_entries = kBuffers;
        if (int e = io_uring_register_buf_ring(&ring_, &reg, 0); e < 0)
            die("buffer ring: %s", std::strerror(-e));
        io_uring_buf_ring_init(buffers_);
        for (unsigned i = 0; i < kBuffers; ++i) lend(i);
    }

    void accept(int fd, u64 tag) {
        io_uring_sqe* sqe = entry();
        io_uring_prep_multishot_accept(sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
        sqe->user_data = tag;
    }

    void receive(int fd, u64 tag) {
        io_uring_sqe* sqe = entry();
        io_uring_prep_recv_multishot(sqe, fd, nullptr, 0, 0);
        sqe->flags |= IOSQE_BUFFER_SELECT;
        sqe->user_data = tag;
    }

    // Queues a send; `data` must stay until it is out (see keep). Only a failure is reported, under `tag`.
    void send(int fd, sv data, u64 tag) {
        io_uring_sqe* sqe = entry();
        io_uring_prep_send(sqe, fd, data.data(), data.size(), MSG_NOSIGNAL | MSG_WAITALL);
        sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
        sqe->user_data = tag;
    }

    // Keeps a text alive for the next 2 * kEntries texts kept: until its send has long been submitted.
    const std::string& keep(sv text) { return texts_[text_at_++ % texts_.size()] = text; }

    // Submits what is queued, waits at most `timeout` ns, handles what there is; returns the ns spent
    // waiting.
    template <class F>
    u64 turn(u64 timeout, F&& handle) {
        u64 waited = 0, t0 = now_ns();
        bool sends = io_uring_sq_ready(&ring_) != 0;
        io_uring_submit_and_get_events(&ring_);
        if (!io_uring_cq_ready(&ring_)) {
            if (sends) t0 = now_ns();
            if (timeout) {
                __kernel_timespec ts{i64(timeout / 1'000'000'000u), i64(timeout % 1'000'000'000u)};
                io_uring_cqe* cqe = nullptr;
                io_uring_wait_cqe_timeout(&ring_, &cqe, &ts);
            }
            waited = now_ns() - t0;
        }
        unsigned head, seen = 0;
        io_uring_cqe* cqe;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            ++seen;
            if (cqe->user_data == LIBURING_UDATA_TIMEOUT) continue;
            Event e{cqe->user_data, cqe->res, {}, (cqe->flags & IORING_CQE_F_MORE) != 0};
            if (cqe->flags & IORING_CQE_F_BUFFER) {
                unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
                if (e.res > 0) e.data = sv(space_.data() + id * kSize, std::size_t(e.res));
                handle(e);
                lend(id);
            } else {
                handle(e);
            }
        }
        io_uring_cq_advance(&ring_, seen);
        return waited;
    }

  private:
    static constexpr unsigned kEntries = 4096, kBuffers = 4096, kSize = 4096;

    io_uring_sqe* entry() {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
        if (!sqe) io_uring_submit(&ring_), sqe = io_uring_get_sqe(&ring_);
        return sqe;
    }
    void lend(unsigned id) {
        io_uring_buf_ring_add(buffers_, space_.data() + id * kSize, kSize, static_cast<unsigned short>(id),
                              io_uring_buf_ring_mask(kBuffers), 0);
        io_uring_buf_ring_advance(buffers_, 1);
    }

    io_uring ring_{};
    io_uring_buf_ring* buffers_ = nullptr;
    std::vector<char> space_ = std::vector<char>(std::size_t(kBuffers) * kSize);
    std::vector<std::string> texts_ = std::vector<std::string>(2 * kEntries);
    std::size_t text_at_ = 0;
};

}  // namespace bench

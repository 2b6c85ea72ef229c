#pragma once

#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/socket.hpp"
#include "sources/asterisk/ami_action.hpp"
#include "sources/asterisk/ami_frame_for_test.hpp"
#include "sources/asterisk/ami_stream.hpp"

namespace callboard::testing {

/// The manager interface of an Asterisk with nothing going on, on a port of its own: one connection after the
/// other, answered as Asterisk does. The test says what else comes.
class FakeAsterisk {
  public:
    explicit FakeAsterisk(std::string secret = "s3cret", std::string address = "127.0.0.1:0")
        : secret_(std::move(secret)) {
        auto socket = bound_socket(*parse_address(address), SOCK_STREAM, false);
        listener_ = *std::move(socket);
        ::listen(listener_.get(), 8);
        address_ = local_address(listener_.get()).text();
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeAsterisk() { stop(); }

    const std::string& address() const { return address_; }

    /// Closes everything. The address is free again.
    void stop() {
        if (!thread_.joinable()) return;
        stopping_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        hang_up();
        thread_.join();
        listener_.reset();
    }
    /// Closes the connection.
    void hang_up() {
        const std::lock_guard lock(mutex_);
        if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
    }
    /// From now on nothing is answered.
    void hang() { hanging_ = true; }
    /// Sends as it is, to whoever is logged in.
    void send(std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        write(connection_, bytes);
    }
    void event(std::string_view lines) { send(ami_bytes(lines)); }
    /// What is listed in answer to such an action.
    void list(const std::string& action, std::vector<std::string> entries) {
        const std::lock_guard lock(mutex_);
        lists_[action] = std::move(entries);
    }

    bool wait_for_logins(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return logins_ >= count; });
    }
    int connections() {
        const std::lock_guard lock(mutex_);
        return connections_;
    }
    bool wait_for_connections(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return connections_ >= count; });
    }
    std::string seen() {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

  private:
    static void write(int fd, std::string_view bytes) {
        while (fd >= 0 && !bytes.empty()) {
            const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void serve() {
        while (!stopping_) {
            Descriptor connection(::accept(listener_.get(), nullptr, nullptr));
            if (!connection) {
                std::this_thread::yield();
                continue;
            }
            {
                const std::lock_guard lock(mutex_);
                connection_ = connection.get();
                ++connections_;
                if (!hanging_) write(connection_, "Asterisk Call Manager/11.0.0\r\n");
                changed_.notify_all();
            }
            converse(connection.get());
            const std::lock_guard lock(mutex_);
            connection_ = -1;
        }
    }

    void converse(int fd) {
        AmiStream stream;
        AmiFrame action;
        char bytes[4096];
        for (;;) {
            const auto count = ::recv(fd, bytes, sizeof bytes, 0);
            if (count <= 0 || stopping_) return;
            stream.feed({bytes, static_cast<std::size_t>(count)});
            const std::lock_guard lock(mutex_);
            seen_.append(bytes, static_cast<std::size_t>(count));
            while (stream.next(action))
                if (!hanging_) answer(fd, action);
            changed_.notify_all();
        }
    }

    void answer(int fd, const AmiFrame& action) {
        const std::string_view name = action.get("Action");
        const std::string id = "\nActionID: " + std::string(action.get("ActionID"));
        const auto reply = [&](const std::string& lines) { write(fd, ami_bytes(lines)); };
        if (name == "Challenge") return reply("Response: Success" + id + "\nChallenge: 840415273");
        if (name == "Login") {
            if (action.get("Key") != ami_login_key("840415273", secret_))
                return reply("Response: Error" + id + "\nMessage: Authentication failed");
            ++logins_;
            reply("Response: Success" + id + "\nMessage: Authentication accepted");
            return reply("Event: FullyBooted\nStatus: Fully Booted");
        }
        if (name == "Getvar")
            return reply("Response: Success" + id + "\nVariable: " + std::string(action.get("Variable")) +
                         "\nValue: " +
                         (action.get("Variable") == "CALLERID(num-pres)"
                              ? "allowed"
                              : "call-id-of-" + std::string(action.get("Channel"))));
        if (name == "Ping") return reply("Response: Success" + id + "\nPing: Pong");
        reply("Response: Success" + id + "\nEventList: start");
        for (const auto& entry : lists_[std::string(name)]) reply(entry + id);
        reply("Event: " + std::string(name) + "Complete" + id +
              "\nEventList: Complete\nListItems: " + std::to_string(lists_[std::string(name)].size()));
    }

    const std::string secret_;
    std::string address_;
    Descriptor listener_;
    std::atomic<bool> stopping_{false}, hanging_{false};
    std::thread thread_;

    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_.
    int connection_ = -1;
    int logins_ = 0, connections_ = 0;
    std::string seen_;
    std::map<std::string, std::vector<std::string>> lists_;
};

}  // namespace callboard::testing

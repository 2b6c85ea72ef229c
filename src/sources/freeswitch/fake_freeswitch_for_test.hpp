#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <map>
#include <string>
#include <string_view>

#include "net/socket.hpp"

namespace callboard::test {

/// The event socket of a FreeSWITCH, on loopback, that does what the test says; what the test does not say it
/// answers as an exchange where nothing happens. Used by the test's thread alone.
class FakeFreeswitch {
  public:
    FakeFreeswitch() { listen("127.0.0.1:0"); }

    std::string address() const { return address_; }

    /// Waits for the next connection. False: none came.
    bool accept() {
        client_.reset();
        said_.clear();
        client_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        set_patience(client_);
        const int on = 1;
        setsockopt(client_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return static_cast<bool>(client_);
    }
    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// The next command; empty when the connection ended or nothing came in time.
    std::string command() {
        while (said_.find("\n\n") == std::string::npos) {
            char part[4096];
            const auto count = ::recv(client_.get(), part, sizeof part, 0);
            if (count <= 0) return {};
            said_.append(part, static_cast<std::size_t>(count));
        }
        std::string next = said_.substr(0, said_.find("\n\n"));
        said_.erase(0, next.size() + 2);
        return next;
    }
    void hang_up() { client_.reset(); }
    /// Nobody can connect any more, until listen_again().
    void go_down() {
        hang_up();
        listener_.reset();
    }
    void listen_again() { listen(address_); }

    /// What an `api` command with this beginning answers from now on.
    void answer(const std::string& command, std::string text) { answers_[command] = std::move(text); }

    void reply(std::string_view text) const {
        send(std::string("Content-Type: command/reply\nReply-Text: ").append(text).append("\n\n"));
    }
    void api(std::string_view text) const {
        send("Content-Type: api/response\nContent-Length: " + std::to_string(text.size()) + "\n\n" +
             std::string(text));
    }
    /// An event from its headers, encoded as they shall be.
    void event(std::string_view headers) const {
        const std::string body = std::string(headers) + '\n';
        send("Content-Length: " + std::to_string(body.size()) + "\nContent-Type: text/event-plain\n\n" +
             body);
    }
    /// Greets, takes the password, and answers everything up to the end of the first lists. False: it went
    /// otherwise.
    bool log_in() {
        send("Content-Type: auth/request\n\n");
        if (command() != "auth ClueCon") return false;
        reply("+OK accepted");
        if (!command().starts_with("event plain ")) return false;
        reply("+OK event listener enabled plain");
        return serve_lists();
    }
    /// Answers the commands of one list.
    bool serve_lists() {
        for (int lists = 0; lists < 5;) {
            const std::string asked = command();
            if (!asked.starts_with("api ")) return false;
            const bool more = asked.find("uuid_getvar") != std::string::npos ||
                              asked.find("list members") != std::string::npos;
            lists += more ? 0 : 1;
            api(answer_to(asked.substr(4)));
        }
        return true;
    }
    /// Answers one command that came beside.
    bool serve_one() {
        const std::string asked = command();
        if (!asked.starts_with("api ")) return false;
        api(answer_to(asked.substr(4)));
        return true;
    }

  private:
    void listen(const std::string& address) {
        auto made = bound_socket(*parse_address(address), SOCK_STREAM, false);
        EXPECT_TRUE(made) << (made ? "" : made.error().what);
        listener_ = *std::move(made);
        // Blocking, with a deadline: the test waits here.
        const int flags = fcntl(listener_.get(), F_GETFL);
        fcntl(listener_.get(), F_SETFL, flags & ~O_NONBLOCK);
        set_patience(listener_);
        EXPECT_EQ(::listen(listener_.get(), 8), 0);
        address_ = local_address(listener_.get()).text();
    }
    static void set_patience(const Descriptor& socket) {
        const timeval patience{10, 0};
        setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    std::string answer_to(const std::string& command) const {
        for (const auto& [beginning, text] : answers_)
            if (command.starts_with(beginning)) return text;
        if (command.find("as json") != std::string::npos) return "{\"row_count\":0}\n";
        if (command.starts_with("callcenter_config")) return "+OK\n";
        return "UP\n";
    }

    Descriptor listener_, client_;
    std::string address_, said_;
    std::map<std::string, std::string> answers_;
};

}  // namespace callboard::test

#include "tests/crash/office.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "net/socket.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kPostedLines = 8;
constexpr int kPhones = 40;

std::string program() {
    const char* named = std::getenv("CALLBOARD");
    if (named == nullptr) throw std::runtime_error("$CALLBOARD has to name the program");
    return named;
}

std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Below those that the system gives to clients: a client that asks for a server that is down could otherwise
/// be connected to itself, and keep the server from its own port.
std::uint16_t free_port(int type) {
    std::random_device random;
    for (;;) {
        const auto port = static_cast<std::uint16_t>(10'000 + random() % 20'000);
        const auto address = parse_address("127.0.0.1:" + std::to_string(port));
        if (address && bound_socket(*address, type, false)) return port;
    }
}

/// A zone in which it is around noon: the figures of a day must not begin anew during the test.
std::string zone_at_noon() {
    const auto hour =
        std::chrono::duration_cast<std::chrono::hours>(std::chrono::system_clock::now().time_since_epoch())
            .count() %
        24;
    return fmt::format("Etc/GMT{:+}", hour - 12);  // west of Greenwich is plus there
}

std::string service(std::string_view number, std::string_view type, std::string_view alias) {
    return fmt::format("[[account.service]]\nnumber = \"{}\"\ntype = \"{}\"\naliases = [\"{}\"]\n", number,
                       type, alias);
}

}  // namespace

std::vector<std::string> posted_lines() {
    std::vector<std::string> lines;
    for (int i = 0; i < kPostedLines; ++i) lines.push_back(fmt::format("00331234510{:02}", i));
    return lines;
}

std::vector<Phone> phones() {
    std::vector<Phone> all;
    for (int i = 0; i < kPhones; ++i)
        all.push_back({fmt::format("00331234530{:02}", i), fmt::format("phone{}", i)});
    return all;
}

std::vector<std::string> all_numbers() {
    auto all = posted_lines();
    all.emplace_back(kPostedQueue);
    for (const Phone& phone : phones()) all.push_back(phone.number);
    return all;
}

Office::Office(std::string_view sync) : http_(free_port(SOCK_STREAM)), hep_(free_port(SOCK_DGRAM)) {
    std::ofstream file(folder_.path() / "callboard.toml");
    file << fmt::format(
        "data_dir = \"{}\"\nthreads = 2\ntime_zone = \"{}\"\n[http]\nlisten = [\"127.0.0.1:{}\"]\n"
        "poll_timeout = \"1s\"\n[journal]\nsync = \"{}\"\n[[source]]\nname = \"mirror\"\nkind = \"hep\"\n"
        "listen = \"udp:127.0.0.1:{}\"\n[[api.key]]\nname = \"poster\"\nkey = \"{}\"\n"
        "allow = [\"POST /api/ingest\"]\n[[account]]\nid = \"office\"\n",
        data_dir().string(), zone_at_noon(), http_, sync, hep_, kApiKey);
    for (const auto& line : posted_lines()) file << service(line, "sipCirpack", "posted" + line);
    file << service(kPostedQueue, "easyHunting", "queue");
    for (const Phone& phone : phones()) file << service(phone.number, "sipCirpack", phone.user);
}

Office::~Office() { kill(); }

std::string Office::make_token(std::string_view service) const {
    const auto output = folder_.path() / "token";
    std::vector<std::string> arguments = {
        "token", "create", "--config", (folder_.path() / "callboard.toml").string(), "--account", "office"};
    if (!service.empty()) arguments.insert(arguments.end(), {"--service", std::string(service)});
    std::filesystem::remove(output);
    int status = 0;
    waitpid(run(arguments, output, STDOUT_FILENO), &status, 0);
    std::string token = contents(output);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || token.empty())
        throw std::runtime_error("callboard token create failed");
    return token.substr(0, token.find('\n'));
}

pid_t Office::run(const std::vector<std::string>& arguments, const std::filesystem::path& output,
                  int stream) const {
    const std::string name = program();
    std::vector<char*> argv = {const_cast<char*>(name.c_str())};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const int to = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const pid_t child = fork();
    if (child == 0) {  // other threads may hold any lock: nothing but system calls from here on
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(to, stream);
        execv(name.c_str(), argv.data());
        _exit(127);
    }
    ::close(to);
    if (child < 0) throw std::runtime_error("fork failed: " + system_error(errno));
    return child;
}

void Office::start() {
    server_ = run({"serve", "--config", (folder_.path() / "callboard.toml").string()}, folder_.path() / "log",
                  STDERR_FILENO);
}

bool Office::wait_until_ready(std::chrono::seconds within) {
    for (const auto end = steady_clock::now() + within; steady_clock::now() < end;) {
        if (waitpid(server_, nullptr, WNOHANG) == server_) {
            server_ = -1;
            return false;
        }
        if (HttpClient client(http_); client.connected())
            if (const auto answer = client.get("/readyz"); answer && answer->status == 200) return true;
        std::this_thread::sleep_for(milliseconds(2));
    }
    return false;
}

void Office::kill() {
    if (server_ < 0) return;
    ::kill(server_, SIGKILL);
    waitpid(server_, nullptr, 0);
    server_ = -1;
}

int Office::stop(std::chrono::seconds within) {
    ::kill(server_, SIGTERM);
    for (const auto end = steady_clock::now() + within; steady_clock::now() < end;) {
        int status = 0;
        if (waitpid(server_, &status, WNOHANG) == server_) {
            server_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        std::this_thread::sleep_for(milliseconds(5));
    }
    return -1;
}

std::string Office::log() const { return contents(folder_.path() / "log"); }

}  // namespace callboard::test

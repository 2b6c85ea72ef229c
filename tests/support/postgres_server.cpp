#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace callboard::test {
namespace {

namespace fs = std::filesystem;

fs::path newest_programs() {
    fs::path newest;
    std::error_code none;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
        if (version.path() > newest) newest = version.path();
    if (newest.empty()) throw std::runtime_error("no PostgreSQL here: install the package postgresql");
    return newest / "bin";
}

const passwd* other_user() { return getuid() == 0 ? getpwnam("postgres") : nullptr; }

/// Runs a program, as somebody else when `user` is given; what it says goes to the file `log`.
pid_t spawn(const std::vector<std::string>& words, const passwd* user, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (user != nullptr &&
        (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    // A change of user takes the signal away.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(arguments[0], arguments.data());
    _exit(127);
}

}  // namespace

PostgresServer::PostgresServer() {
    const passwd* user = other_user();
    if (user != nullptr && chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give the folder to postgres");
    const pid_t child = spawn({newest_programs() / "initdb", "--no-sync", "--auth=trust",
                               "--username=postgres", "--encoding=UTF8", "--locale=C", "-D", path("data")},
                              user, path("log"));
    int status = -1;
    waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed; see " + path("log"));
    start();
}

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::start() {
    server_ = spawn({newest_programs() / "postgres", "-F", "-D", path("data"), "-k", directory_.path(), "-c",
                     "listen_addresses="},
                    other_user(), path("log"));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (PQping(url().c_str()) != PQPING_OK) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("PostgreSQL does not come up; see " + path("log"));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void PostgresServer::stop() {
    if (server_ < 0) return;
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
    server_ = -1;
}

std::string PostgresServer::url() const {
    return fmt::format("postgresql://postgres@/postgres?host={}", directory_.path().string());
}

}  // namespace callboard::test

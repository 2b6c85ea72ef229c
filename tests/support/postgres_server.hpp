#pragma once

#include <sys/types.h>

#include <string>

#include "tests/support/temporary_directory.hpp"

namespace callboard::test {

/// A PostgreSQL server of Debian's package, alone on a socket in a folder of its own. Ends with its owner,
/// also when that is killed. As root it runs as `postgres`, because it refuses root.
class PostgresServer {
  public:
    /// Throws when the package is not installed, or the server does not come up.
    PostgresServer();
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start();
    /// As a crash of it: connections break.
    void stop();
    std::string url() const;

  private:
    std::string path(const char* name) const { return (directory_.path() / name).string(); }

    const TemporaryDirectory directory_;
    pid_t server_ = -1;
};

}  // namespace callboard::test

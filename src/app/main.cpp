#include "app/commands.hpp"

int main(int argc, char** argv) { return callboard::run_command_line(argc, argv); }

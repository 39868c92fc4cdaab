package io.anymq.cli;

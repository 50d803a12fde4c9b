module Mina.Preprocess.Tests.Tests
